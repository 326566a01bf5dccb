/** サンプルデータ: a few concluded-looking cases to try search and screens; marked as samples, removed with one button. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { CaseFields } from '../../../shared/model/case.ts'
import { SignerFields } from '../../../shared/model/signer.ts'
import { fail, ok } from '../../../shared/result.ts'
import { listSampleCases } from '../../core/archive/tables/case-list.ts'
import { insertCase } from '../../core/archive/tables/cases.ts'
import { insertDocument } from '../../core/archive/tables/documents.ts'
import { saveSigners } from '../../core/archive/tables/signers.ts'
import { settleCase } from '../cases/case-facts.ts'
import type { Context } from '../context.ts'
import { preflightView } from '../documents/preflight-upload.ts'
import { extractTextJob } from '../jobs/job-kinds.ts'
import type { Office } from '../office.ts'
import { changeBy, record } from '../record.ts'
import { workDone } from '../work/work-done.ts'
import { sampleFontPath } from './sample-font.ts'

const ContractText = z.object({
  title: z.string(),
  subject: z.string(),
  rows: z.array(z.array(z.string())),
  intro: z.string(),
  articles: z.array(z.array(z.string())),
})
const Samples = z.object({
  cases: z.array(
    z.object({
      contract: z.string(),
      fields: CaseFields,
      signers: z.array(SignerFields),
      signatureBlocks: z.array(z.array(z.string())),
      dateText: z.string(),
    }),
  ),
})

export async function loadSamples(office: Office, resourcesDir: string, context: Context) {
  if (listSampleCases(office.archive.db).length > 0) return fail('SAMPLES_PRESENT', {})
  const texts = z
    .record(z.string(), ContractText)
    .parse(await readJson(join(resourcesDir, 'samples/contracts.json')))
  const samples = Samples.parse(await readJson(join(resourcesDir, 'samples/cases.json')))
  for (const sample of samples.cases) {
    const text = texts[sample.contract]
    if (text === undefined) throw new Error(`No sample contract named ${sample.contract}`)
    const bytes = workDone(
      await office.work.runTask('make-sample-contract', {
        fontPath: sampleFontPath(),
        text,
        signatureBlocks: sample.signatureBlocks,
        dateText: sample.dateText,
        objectStreams: false,
      }),
    )
    const file = await office.archive.vault.put(bytes)
    const source = office.archive.vault.open(file.fileId)
    const preflight = await preflightView(source).finally(() => source.close())
    const change = changeBy(context, office.clock)
    office.archive.transaction((db) => {
      const caseId = insertCase(db, sample.fields, change, { sample: true })
      const document = insertDocument(
        db,
        {
          caseId,
          title: text.title,
          fileName: `${text.title}.pdf`,
          role: 'sign',
          pages: preflight.pages,
          preflight,
          file,
          reason: 'import',
        },
        change,
      )
      saveSigners(db, caseId, sample.signers, change)
      extractTextJob.queue(db, { documentId: document.id }, { at: change.at, caseId })
      settleCase(db, caseId, change)
      record(db, change, 'sample.loaded', { caseId })
    })
  }
  office.wake()
  return ok({ cases: samples.cases.length })
}

/** Samples leave the lists and the search; like everything else they stay in the history. */
export async function removeSamples(office: Office, context: Context) {
  const change = changeBy(context, office.clock, 'サンプルデータの削除')
  const cases = office.archive.transaction((db) => {
    const ids = listSampleCases(db)
    for (const caseId of ids) {
      settleCase(db, caseId, change, { state: 'deleted' })
      record(db, change, 'sample.removed', { caseId })
    }
    return ids.length
  })
  return ok({ cases })
}

async function readJson(path: string): Promise<unknown> {
  return JSON.parse(await readFile(path, 'utf8'))
}
