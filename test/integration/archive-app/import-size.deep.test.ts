/** 10,000 files in one import: time, memory, and whether the main thread stays free. `IMPORT_FILES` sets another number. */
import { expect, test } from 'vitest'
import { startArchiveOffice } from '../../support/archive-office.ts'
import { watchEventLoop } from '../../support/event-loop-monitor.ts'
import { must } from '../../support/office-process.ts'
import { plainPdf } from '../../support/plain-pdf.ts'

const FILES = Number(process.env.IMPORT_FILES ?? 10_000)

test(`${FILES} small PDFs enter without a hitch`, async () => {
  const office = await startArchiveOffice()
  const desk = office.sit('kiroku', ['records'])
  const lines = Array.from(
    { length: FILES },
    (_, index) => `${index},契約${index},相手${index % 97},R5.4.1,${index}000,${index}.pdf`,
  )
  const csv = ['管理番号,件名,取引先,契約日,契約金額,ファイル名', ...lines].join('\r\n')
  const csvUploadId = await desk.upload('一覧.csv', Buffer.from(csv))
  const fileUploadIds: string[] = []
  const started = performance.now()
  for (let index = 0; index < FILES; index += 1)
    fileUploadIds.push(await desk.upload(`${index}.pdf`, plainPdf(2_000, `Contract ${index}`)))
  const uploadedMs = performance.now() - started
  const { mapping } = must(await desk.client.imports.readTable({ csvUploadId }))
  const before = process.memoryUsage().rss
  const monitor = watchEventLoop()
  const { taskId } = must(
    await desk.client.imports.run({
      csvUploadId,
      fileUploadIds,
      mapping,
      options: { name: '大量', department: '行政課' },
    }),
  )
  await office.ended(taskId)
  const loop = monitor.stop()
  const result = must(await desk.client.imports.taskResult({ taskId }))
  const rowsMs = performance.now() - started - uploadedMs
  console.log(
    JSON.stringify({
      files: FILES,
      uploadMs: Math.round(uploadedMs),
      importMs: Math.round(rowsMs),
      perFileMs: Math.round((rowsMs / FILES) * 10) / 10,
      longestComputedMs: Math.round(loop.longestComputedMs),
      rssGrowthMb: Math.round((process.memoryUsage().rss - before) / 1e6),
    }),
  )
  expect(result).toMatchObject({ lines: FILES, made: FILES, duplicate: 0, refused: 0 })
  expect(loop.longestComputedMs).toBeLessThan(100)
  await office.close()
  expect(office.incidents).toEqual([])
}, 3_600_000)
