/** 様式第1 電子契約利用申出書: issued as a fillable PDF, read back into a case. */
import type { z } from 'zod'
import type { bridge } from '../../../shared/bridge/bridge.ts'
import type { ApplicationReading } from '../../../shared/bridge/cases.ts'
import type { InputOf } from '../../../shared/bridge/define.ts'
import { fail, ok } from '../../../shared/result.ts'
import { japaneseDay } from '../../../shared/rules/japanese-date.ts'
import { memorySource } from '../../core/kit/byte-source.ts'
import type { ApplicationFormData } from '../../core/pages/read-application-form.ts'
import type { Context } from '../context.ts'
import type { Office } from '../office.ts'
import { changeBy, record } from '../record.ts'
import { readSettings } from '../settings/read-settings.ts'
import { workDone } from '../work/work-done.ts'

export async function issueApplicationForm(
  office: Office,
  input: { readonly title: string },
  context: Context,
) {
  const { town } = readSettings(office.archive.db)
  const options = { townName: town.townName, headOfTown: town.headOfTown }
  const blank = workDone(await office.work.runTask('make-application-form', options))
  const bytes =
    input.title === ''
      ? blank
      : workDone(await office.work.runTask('fill-application-form', [blank, { title: input.title }]))
  office.archive.transaction((db) => record(db, changeBy(context, office.clock), 'application-form.issued'))
  const ticket = office.tickets.issue(context.connection, {
    fileName: '電子契約利用申出書.pdf',
    contentType: 'application/pdf',
    disposition: 'attachment',
    open: () => memorySource(bytes),
  })
  return ok({ ticket })
}

export async function readApplicationForm(
  office: Office,
  input: InputOf<typeof bridge.cases.readApplicationForm>,
  context: Context,
) {
  const upload = office.uploads.find(context.connection, input.uploadId)
  if (upload === undefined) return fail('UPLOAD_UNKNOWN', {})
  const { town } = readSettings(office.archive.db)
  const bytes = office.archive.vault.read(upload.file.fileId)
  const read = workDone(
    await office.work.runTask('read-application-form', {
      bytes,
      options: { townName: town.townName, today: japaneseDay(office.clock.now()) },
    }),
  )
  if (read.ok) return ok(readingOf(read.value.fields, read.value.problems))
  switch (read.error.code) {
    case 'ENCRYPTED_PDF':
      return fail('PDF_ENCRYPTED', {})
    case 'FORM_UNKNOWN':
      return fail('NOT_AN_APPLICATION_FORM', {})
    case 'FORM_OTHER_TOWN':
      return fail('FORM_OTHER_TOWN', { town: read.error.data?.town ?? '' })
    case 'FORM_EMPTY':
    case 'FORM_FLATTENED':
    case 'NOT_A_PDF':
      return fail(read.error.code, {})
    case 'TOO_MANY_PAGES':
      return fail('PDF_DAMAGED', {})
  }
}

type Problems = z.output<typeof ApplicationReading>['problems']

/** What can be taken over; the rest stands beside its field for the clerk to mend. */
function readingOf(
  form: ApplicationFormData,
  problems: readonly Problems[number][],
): z.output<typeof ApplicationReading> {
  const values = Object.fromEntries(Object.entries(form).map(([key, value]) => [key, value ?? '']))
  const isUsable = (field: string) =>
    !problems.some((problem) => problem.field === field && problem.severity === 'stop')
  return {
    values,
    problems: problems.map(({ field, code, severity }) => ({ field, code, severity })),
    proposal: {
      fields: {
        title: form.title,
        applicationDate: form.date,
        counterparties: [
          {
            name: form.companyName,
            address: form.companyAddress,
            representative: form.representative,
            corporateNumber: '',
          },
        ],
      },
      signer: {
        side: 'counterparty',
        signatureType: 'witness',
        company: form.companyName,
        position: form.signerPosition,
        name: form.signerName,
        mailAddress: isUsable('signerMail') ? form.signerMail : '',
        accessCode: isUsable('accessCode') ? form.accessCode : '',
        contactName: form.contactName,
        contactPosition: form.contactPosition,
        contactMailAddress: isUsable('contactMail') ? form.contactMail : '',
        addressConfirmedBy: 'application',
      },
    },
  }
}
