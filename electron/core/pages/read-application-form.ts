// Reads a filled 様式第1 back, whoever's viewer filled it in.
import type { IsoDate } from '../../../shared/model/brand.ts'
import { fail, ok, type Result } from '../../../shared/result.ts'
import { composeMarks } from '../../../shared/rules/compose-marks.ts'
import { parseJapaneseDate } from '../../../shared/rules/japanese-date.ts'
import {
  checkMailAddress,
  DEFAULT_MAIL_LISTS,
  type MailAddressLists,
} from '../../../shared/rules/mail-address.ts'
import {
  FORM_FIELD_NAMES,
  FORM_KIND,
  FORM_KIND_FIELD,
  FORM_TOWN_FIELD,
  type FormFieldName,
} from './application-form-fields.ts'
import { openPdfjs } from './open-pdfjs.ts'
import type { FormReadCode } from './pages-error.ts'

/** What the form says, cleaned of blanks at the ends; empty = not filled in. */
export type ApplicationFormData = {
  /** Null when missing or impossible. */
  readonly date: IsoDate | null
  /** As typed, for the clerk. */
  readonly dateText: string
  readonly companyAddress: string
  readonly companyName: string
  readonly representative: string
  readonly title: string
  readonly signerPosition: string
  readonly signerName: string
  readonly signerMail: string
  readonly accessCode: string
  readonly contactPosition: string
  readonly contactName: string
  readonly contactMail: string
}

export type FormProblem = {
  readonly field: keyof Omit<ApplicationFormData, 'dateText'>
  /**
   * MISSING, DATE_*, MAIL_* (see mail-address.ts), ACCESS_CODE_FORMAT, ACCESS_CODE_LONG, ACCESS_CODE_SHORT,
   * DATE_FUTURE, NOT_THE_REPRESENTATIVE, CONTACT_INCOMPLETE, SAME_MAIL_AS_SIGNER
   */
  readonly code: string
  /** stop: the case cannot be sent so; warn: the clerk looks and decides. */
  readonly severity: 'stop' | 'warn'
}

export type ReadApplicationForm = {
  readonly fields: ApplicationFormData
  readonly problems: readonly FormProblem[]
}

export type ReadFormOptions = {
  readonly townName: string
  /** Today in Japan; a date after it is a warning. */
  readonly today: IsoDate
  readonly mailLists?: MailAddressLists
}

type ReadFailure = { readonly code: FormReadCode; readonly data: { readonly town: string } | null }

const ACCESS_CODE_MIN = 4
const ACCESS_CODE_MAX = 64

/**
 * Reads the fields by name. Values count, not appearances: some viewers save none. Any string form is understood
 * (UTF-16, UTF-8, PDFDocEncoding). Does not prove who filled the form in.
 *
 * Failures: NOT_A_PDF, ENCRYPTED_PDF, FORM_UNKNOWN, FORM_FLATTENED, FORM_OTHER_TOWN (with its name), FORM_EMPTY.
 */
export async function readApplicationForm(
  bytes: Uint8Array,
  options: ReadFormOptions,
): Promise<Result<ReadApplicationForm, ReadFailure>> {
  const opened = await openPdfjs(bytes)
  if (!opened.ok) return opened
  const document = opened.value
  try {
    const values = fieldValues(await document.getFieldObjects())
    if (values.get(FORM_KIND_FIELD) !== FORM_KIND) {
      const page = await document.getPage(1)
      const { items } = await page.getTextContent()
      const text = items.map((item) => ('str' in item ? item.str : '')).join('')
      const looksAlike = text.normalize('NFKC').replace(/\s+/g, '').includes('電子契約利用申出書')
      return fail(looksAlike ? 'FORM_FLATTENED' : 'FORM_UNKNOWN', null)
    }
    const town = values.get(FORM_TOWN_FIELD) ?? ''
    if (town !== options.townName) return fail('FORM_OTHER_TOWN', { town })
    if (FORM_FIELD_NAMES.every((name) => (values.get(name) ?? '') === '')) return fail('FORM_EMPTY', null)
    return ok(judgeForm((name) => values.get(name) ?? '', options))
  } finally {
    await document.loadingTask.destroy()
  }
}

/** pdf.js declares an object but gives a Map of name → widgets, each with a `value` of no declared type. */
function fieldValues(objects: unknown): Map<string, string> {
  const values = new Map<string, string>()
  const entries: [string, unknown][] =
    objects instanceof Map
      ? [...objects].map(([name, widgets]) => [String(name), widgets])
      : Object.entries(objects ?? {})
  for (const [name, widgets] of entries) {
    const texts = (Array.isArray(widgets) ? widgets : []).map((widget: unknown) =>
      typeof widget === 'object' && widget !== null && 'value' in widget ? widget.value : '',
    )
    const text = texts.find((value): value is string => typeof value === 'string' && value.trim() !== '')
    values.set(name, clean(text ?? ''))
  }
  return values
}

function clean(text: string): string {
  return composeMarks(text.replace(/\p{Cc}+/gu, ' ').trim())
}

function judgeForm(value: (name: FormFieldName) => string, options: ReadFormOptions): ReadApplicationForm {
  const lists = options.mailLists ?? DEFAULT_MAIL_LISTS
  const problems: FormProblem[] = []
  const note = (field: FormProblem['field'], code: string, severity: FormProblem['severity'] = 'stop') => {
    problems.push({ field, code, severity })
  }
  const { date, dateText } = readDate(value, options.today, note)
  const fields: ApplicationFormData = {
    date,
    dateText,
    companyAddress: value('company_address'),
    companyName: value('company_name'),
    representative: value('representative'),
    title: value('title'),
    signerPosition: value('signer_position'),
    signerName: value('signer_name'),
    signerMail: readMail(value('signer_mail'), 'signerMail', lists, note),
    accessCode: value('access_code').normalize('NFKC').replace(/\s+/g, ''),
    contactPosition: value('contact_position'),
    contactName: value('contact_name'),
    contactMail:
      value('contact_mail') === '' ? '' : readMail(value('contact_mail'), 'contactMail', lists, note),
  }
  for (const name of ['companyName', 'representative', 'title', 'signerName'] as const)
    if (fields[name] === '') note(name, 'MISSING')
  for (const name of ['companyAddress', 'signerPosition'] as const)
    if (fields[name] === '') note(name, 'MISSING', 'warn')
  judgePeople(fields, note)
  return { fields, problems }
}

type Note = (field: FormProblem['field'], code: string, severity?: FormProblem['severity']) => void

function judgePeople(fields: ApplicationFormData, note: Note): void {
  if (fields.accessCode !== '') {
    if (!/^[0-9A-Za-z]*$/.test(fields.accessCode)) note('accessCode', 'ACCESS_CODE_FORMAT')
    else if (fields.accessCode.length > ACCESS_CODE_MAX) note('accessCode', 'ACCESS_CODE_LONG')
    else if (fields.accessCode.length < ACCESS_CODE_MIN) note('accessCode', 'ACCESS_CODE_SHORT', 'warn')
  }
  const bare = (text: string) => text.normalize('NFKC').replace(/\s+/g, '')
  if (
    fields.signerName !== '' &&
    fields.representative !== '' &&
    !bare(fields.representative).includes(bare(fields.signerName))
  )
    note('signerName', 'NOT_THE_REPRESENTATIVE', 'warn')
  const contact = [fields.contactName, fields.contactMail]
  if (contact.some((part) => part !== '') && contact.includes(''))
    note(fields.contactName === '' ? 'contactName' : 'contactMail', 'CONTACT_INCOMPLETE', 'warn')
  if (fields.contactMail !== '' && fields.contactMail.toLowerCase() === fields.signerMail.toLowerCase())
    note('contactMail', 'SAME_MAIL_AS_SIGNER', 'warn')
}

function readMail(
  text: string,
  field: 'signerMail' | 'contactMail',
  lists: MailAddressLists,
  note: Note,
): string {
  const check = checkMailAddress(text, lists)
  if (!check.ok) {
    note(field, check.code)
    return text
  }
  for (const warning of check.warnings) note(field, warning, 'warn')
  return check.address
}

/** The year may be 令和8, R8, 8 (= 令和) or 2026. */
function readDate(
  value: (name: FormFieldName) => string,
  today: IsoDate,
  note: Note,
): { readonly date: IsoDate | null; readonly dateText: string } {
  const [year, month, day] = (['date_year', 'date_month', 'date_day'] as const).map((name) =>
    value(name)
      .normalize('NFKC')
      .replace(/[\s年月日]+/g, ''),
  ) as [string, string, string]
  if (year === '' && month === '' && day === '') {
    note('date', 'DATE_EMPTY')
    return { date: null, dateText: '' }
  }
  const dateText = `${/^(元|\d{1,2})$/.test(year) ? `令和${year}` : year}年${month}月${day}日`
  const parsed = parseJapaneseDate(dateText)
  if (!parsed.ok) {
    note('date', parsed.code)
    return { date: null, dateText }
  }
  if (parsed.date > today) note('date', 'DATE_FUTURE', 'warn')
  return { date: parsed.date, dateText }
}
