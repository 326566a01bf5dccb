/**
 * Kanji that people mean to be the same: names of persons and places are written with either, and a search must find
 * both. One group a word: the common form, then its variants. What NFKC unifies by itself (神 U+FA19 …) is not listed.
 */
const GROUPS =
  '高髙 崎﨑嵜碕 辺邉邊 吉𠮷 斎齋齊斉 広廣 浜濱濵 沢澤 桜櫻 国國圀囯 島嶋嶌 竜龍 滝瀧 瀬瀨 徳德 恵惠 栄榮 真眞 黒黑 曽曾 村邨 富冨 峰峯 浅淺 関關 仮假 蔵藏 ' +
  '戸戶 柳栁桺 青靑 寛寬 増增 横橫 槙槇 顕顯 学學 覚覺 条條 浄淨 実實 寿壽 将將 声聲 壮壯 寝寢 慎愼 図圖 団團 園薗 与與 予豫 県縣 勲勳 薫薰 鴎鷗 万萬 ' +
  '来來 内內 当當 会會 参參 仏佛 変變 両兩 児兒 凛凜 尭堯 弥彌 祢禰 礼禮 穂穗 総總 繁緐 緒緖 芦蘆 衛衞 装裝 観觀 譲讓 頼賴 軽輕 遥遙 郎郞 郷鄕 医醫 ' +
  '釈釋 録錄 鎮鎭 鉄鐵鉃 険險 鶏鷄 塩鹽 麦麥 黄黃 点點 歯齒 亀龜 橋槗𣘺 畑畠 館舘 船舩 昇曻 昂昻 宜冝 風凬 剣劒劍剱劔釼 呑吞 啓啟 単單 厳嚴 囲圍 壊壞 ' +
  '奥奧 岳嶽 巣巢 巌巖 帯帶 庁廳 二弐 一壱壹 従從 応應 懐懷 恋戀 戦戰 払拂 収收 効效 教敎 数數 断斷 昼晝 暁曉 楽樂 楼樓 欧歐 歴歷 残殘 殴毆 気氣 満滿 ' +
  '渋澁 渉涉 湿濕 済濟 灯燈 焼燒 炉爐 犠犧 独獨 献獻 画畫 畳疊 発發 盗盜 尽盡 砕碎 禅禪 称稱 稲稻 並竝 粋粹 糸絲 経經 絵繪 続續 縦縱 聴聽 粛肅 脳腦 ' +
  '台臺 旧舊 荘莊 処處 号號 蛍螢 蚕蠶 蛮蠻 覧覽 触觸 証證 訳譯 読讀 豊豐 売賣 転轉 弁辯瓣辨 逓遞 遅遲 醸釀 鋳鑄 鉱鑛 随隨 隠隱 霊靈 顔顏 翻飜 駆驅 駅驛 ' +
  '髄髓 闘鬪 鴬鶯 麹麴 臈﨟 欅﨔 淵渕 檜桧 籠篭 藪薮 磯礒 野埜 闊濶 舗舖 為爲 亜亞 悪惡 圧壓 鎌鐮 桑桒 角⻆ 梅楳 松枩 杉椙 涌湧 諌諫 涛濤 靭靱 侯矦 ' +
  '曳曵 祇祗 頬頰 填塡 剥剝 叱𠮟 箪簞 掴摑 躯軀 蝉蟬 醤醬 蝋蠟 莱萊 飲飮'

/** Variant → common form; a common form is never itself a variant (test). */
export const VARIANT_KANJI: ReadonlyMap<string, string> = new Map(
  GROUPS.split(' ').flatMap((group) => {
    const [common = '', ...variants] = [...group]
    return variants.map((variant) => [variant, common] as const)
  }),
)

const FORMS: readonly (readonly [string, string])[] = [
  ['株', '株式会社'],
  ['有', '有限会社'],
  ['合', '合同会社'],
  ['資', '合資会社'],
  ['名', '合名会社'],
  ['財', '財団法人'],
  ['社', '社団法人'],
  ['学', '学校法人'],
  ['福', '社会福祉法人'],
  ['医', '医療法人'],
]
const SIGNS = new Map(
  [...'株㈱有㈲資㈾名㈴財㈶社㈳学㈻'.matchAll(/(.)(.)/gu)].map((pair) => [pair[1] ?? '', pair[2] ?? '']),
)

/** ㈱, (株), （株） and kin, as written, with what they stand for (already in normal form). */
export const COMPANY_FORMS: readonly { readonly written: string; readonly full: string }[] = FORMS.flatMap(
  ([short, full]) =>
    [SIGNS.get(short), `(${short})`, `（${short}）`, `(${short}）`, `（${short})`].flatMap((written) =>
      written === undefined ? [] : [{ written, full }],
    ),
)
