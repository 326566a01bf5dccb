import { readFile } from 'node:fs/promises'
import * as fontkit from 'fontkit'
import { PDFDocument } from 'pdf-lib'

const FONT = new URL(
  '../../../node_modules/@expo-google-fonts/noto-sans-jp/400Regular/NotoSansJP_400Regular.ttf',
  import.meta.url,
)

/** A contract of a few A4 pages with Japanese text, 印 at the end of page 1. */
export async function makeContractPdf(title: string, pages: number): Promise<Uint8Array> {
  const document = await PDFDocument.create()
  document.registerFontkit(fontkit)
  const font = await document.embedFont(await readFile(FONT), { subset: true })
  for (let number = 1; number <= pages; number += 1) {
    const page = document.addPage([595.28, 841.89])
    page.drawText(number === 1 ? title : `${title}（${number}ページ）`, { x: 70, y: 760, size: 18, font })
    for (let line = 0; line < 22; line += 1)
      page.drawText(
        `第${line + 1}条　発注者及び受注者は、この契約に定める事項を誠実に履行しなければならない。`,
        {
          x: 70,
          y: 710 - line * 22,
          size: 10.5,
          font,
        },
      )
    if (number > 1) continue
    page.drawText('発注者　扶桑町長　　　　　　　　　　　印', { x: 70, y: 170, size: 12, font })
    page.drawText('受注者　株式会社髙橋組　代表取締役　髙橋 一郎　　　印', { x: 70, y: 110, size: 12, font })
  }
  return document.save()
}
