import type { z } from 'zod'
import type { EpochMs } from '../../../shared/model/brand.ts'
import type { ReadinessItem } from '../../../shared/model/settings.ts'
import { formatTimeBoth } from '../format.ts'

type Item = z.output<typeof ReadinessItem>

const said = (item: Item, name: string) => String(item.data[name] ?? '')
const count = (item: Item) => Number(item.data.count ?? 0)
const when = (item: Item, name: string) => formatTimeBoth(Number(item.data[name] ?? 0) as EpochMs)

function keyState(item: Item): string {
  if (item.data.test === 1) return 'テスト用の証明書を使っています。'
  const place = said(item, 'token') === '' ? '' : `ICカード・HSM「${said(item, 'token')}」の`
  const until = item.done
    ? `${when(item, 'notAfter')}まで有効です。`
    : `有効期間は${when(item, 'notAfter')}に終わりました。`
  return `${place}「${said(item, 'subject')}」を使っています。${until}`
}

const BACKUP_STATE: Readonly<Record<string, (days: string) => string>> = {
  BACKUP_NOT_SET: () => 'バックアップ先が決まっていません。',
  BACKUP_NEVER: () => 'バックアップ先は決まっていますが、まだ一度もとっていません。',
  BACKUP_NOT_RUN: (days) => `${days}日間とれていません。`,
  BACKUP_FAILED: () => '前回のバックアップに失敗しました。',
}

const STATES: Readonly<Record<Item['code'], (item: Item) => string>> = {
  'town-certificate': keyState,
  'witness-certificate': keyState,
  'witness-key-owner': (item) => `鍵の持ち主は「${said(item, 'owner')}」です。`,
  tsa: (item) => (item.done ? `${said(item, 'url')} を使っています。` : 'テスト用の時刻認証を使っています。'),
  'tsa-accredited': (item) =>
    item.done
      ? '総務大臣認定の時刻認証であることを確かめました。'
      : '認定の時刻認証であることを、まだ確かめていません。時刻認証の画面の「接続を確かめる」で分かります。',
  smtp: (item) =>
    item.done ? `${said(item, 'host')} から送ります。` : 'テスト用のメールサーバーを使っています。',
  portal: (item) =>
    item.done ? `${said(item, 'url')} を使っています。` : 'このPCの中のテスト用ポータルを使っています。',
  'portal-https': (item) =>
    item.done ? '相手方との通信は暗号化されます。' : '相手方が開くURLが https:// で始まっていません。',
  backup: (item) =>
    item.done
      ? 'バックアップはとれています。'
      : (BACKUP_STATE[said(item, 'reason')]?.(said(item, 'days')) ??
        'バックアップの状態を確かめてください。'),
  'recovery-sheet': (item) =>
    item.done
      ? `${when(item, 'keptAt')}に、保管したことを記録しました。`
      : '保管したことが、まだ記録されていません。',
  'second-administrator': (item) => `管理者は今${count(item)}人です。`,
  'approver-exists': (item) => `承認者は今${count(item)}人です。`,
  'samples-removed': (item) =>
    item.done ? 'サンプルデータはありません。' : `サンプルの案件が${count(item)}件入っています。`,
}

/** How a line of 本番前の確認 stands now. */
export function readinessState(item: Item): string {
  return STATES[item.code](item)
}
