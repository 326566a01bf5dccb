import { readFile } from 'node:fs/promises'
import { writeFileDurably } from '../../core/kit/durable-file.ts'
import { SigningError } from '../../core/signing/errors.ts'
import { repairWithReport } from '../../core/signing/pdf/repair.ts'
import { type Command, parseCommand } from './command.ts'
import { refuseSameFile } from './open-files.ts'

const USAGE = `使い方: desk repair 入力.pdf 出力.pdf [--accept-loss] [--json]

壊れたPDF、またはパスワードなしで開ける暗号化PDFを、作り直して別のファイルに書き出します。
署名のあるPDFは作り直しません。直したものは必ず目で確かめてください。
  --accept-loss  ページや内容の一部が失われても書き出す`

const OPTIONS = {
  'accept-loss': { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const

export const repairCommand: Command = {
  usage: USAGE,
  run: async (args, io) => {
    const { values, positionals } = parseCommand(args, { options: OPTIONS, files: [2, 2] })
    const [input = '', output = ''] = positionals
    await refuseSameFile(input, output)
    const {
      bytes,
      pages,
      expectedPages = pages,
      lostObjects,
      lostStreams,
    } = await repairWithReport(await readFile(input))
    const isWhole = pages >= expectedPages && lostObjects + lostStreams === 0
    if (!isWhole && !values['accept-loss'])
      throw new SigningError('PDF_DAMAGED', 'Parts of the file are gone', {
        data: { pages, expectedPages, lostObjects, lostStreams },
      })
    await writeFileDurably(output, bytes)
    io.print(
      values.json
        ? JSON.stringify({ output, pages, expectedPages, lostObjects, lostStreams })
        : `作り直しました: ${output}（${pages} / ${expectedPages} ページ）。内容を目で確かめてください。`,
    )
    return 0
  },
}
