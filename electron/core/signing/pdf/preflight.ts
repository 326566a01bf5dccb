/** May this file be sent for signing? What a clerk has to know before anybody signs. Says, never changes. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { ByteSource } from '../../kit/byte-source.ts'
import { SigningError } from '../errors.ts'
import {
  asDictionary,
  asNumber,
  asText,
  type PdfDictionary,
  type PdfObject,
  type PdfReference,
} from './objects.ts'
import { pageBox, pageRotation } from './page-tree.ts'
import { type Finding, type FindingCode, findIn } from './preflight-findings.ts'
import { openPdf, type PdfFile } from './reader.ts'
import { openWithoutPassword } from './security-handler.ts'
import { type FormField, listFormFields } from './signature-fields.ts'
import { startUpdate } from './update-writer.ts'

const MILLIMETRES_PER_POINT = 25.4 / 72
const DEFAULT_MAXIMUM_BYTES = 200 << 20

export type PreflightCode =
  | 'EMPTY_FILE'
  | 'NOT_A_PDF' // data: kind
  | 'TOO_LARGE' // data: sizeBytes, maximumBytes
  | 'ENCRYPTED' // data: needsPassword 'yes' | 'no'
  | 'DAMAGED' // data: reason
  | 'LIMIT_REACHED' // data: limit; the reader gives up on purpose
  | 'ALREADY_SIGNED' // data: count
  | 'XFA'
  | 'EMPTY_SIGNATURE_FIELDS' // data: names
  | 'FORM_FIELDS' // data: count, filled
  | 'FIELDS_WITHOUT_APPEARANCE' // data: names; what was typed in would no longer show once the file is signed
  | 'PAGE_SIZES_MIXED' // data: count
  | 'PAGE_SIZE_UNUSUAL' // data: sizes
  | FindingCode

export type PreflightProblem = {
  readonly code: PreflightCode
  /** `stop`: must not be sent. `warn`: a person decides. */
  readonly severity: 'stop' | 'warn'
  readonly data: Readonly<Record<string, string | number>>
}

export type PreflightReport = {
  readonly fileKind: 'pdf' | 'jpeg' | 'png' | 'zip' | 'office' | 'empty' | 'unknown'
  readonly pages: number | undefined
  /** As shown (rotation applied), rounded to whole millimetres; each size once, the commonest first. */
  readonly sizes: readonly { readonly widthMm: number; readonly heightMm: number; readonly count: number }[]
  readonly pdfVersion: string | undefined
  readonly producer: string | undefined
  readonly problems: readonly PreflightProblem[]
  /** True when no problem has severity `stop`. */
  readonly canSend: boolean
  /** True when `repair` may help against what stops it. It may still find nothing to save. */
  readonly canRepair: boolean
}

/**
 * Examines a file; lets the event loop turn every 10 ms.
 *
 * @param options `maximumBytes` of the file (default 200 MB)
 * Never throws for a bad file: that is what the report says. Does not validate signatures.
 */
export async function preflight(
  source: ByteSource,
  options: { readonly maximumBytes?: number } = {},
): Promise<PreflightReport> {
  const maximumBytes = options.maximumBytes ?? DEFAULT_MAXIMUM_BYTES
  const fileKind = kindOf(source)
  if (source.sizeBytes === 0) return refused(fileKind, 'EMPTY_FILE', {})
  if (fileKind !== 'pdf') return refused(fileKind, 'NOT_A_PDF', { kind: fileKind })
  if (source.sizeBytes > maximumBytes)
    return refused(fileKind, 'TOO_LARGE', { sizeBytes: source.sizeBytes, maximumBytes })
  try {
    const file = openPdf(source)
    if (file.isEncrypted) return encrypted(file)
    startUpdate(file) // refuses what reads but must be repaired first
    return await examine(file)
  } catch (error) {
    if (!(error instanceof SigningError)) throw error
    return unreadable(source, error)
  }
}

function kindOf(source: ByteSource): PreflightReport['fileKind'] {
  const head = Buffer.from(source.read(0, Math.min(2048, source.sizeBytes)))
  if (head.length === 0) return 'empty'
  if (head.includes('%PDF-')) return 'pdf'
  const start = head.toString('latin1', 0, 8)
  if (start.startsWith('\xff\xd8\xff')) return 'jpeg'
  if (start.startsWith('\x89PNG')) return 'png'
  if (start.startsWith('\xd0\xcf\x11\xe0')) return 'office'
  if (start.startsWith('PK\x03\x04')) return head.includes('[Content_Types].xml') ? 'office' : 'zip'
  return 'unknown'
}

type Data = Readonly<Record<string, string | number>>

function refused(
  fileKind: PreflightReport['fileKind'],
  code: PreflightCode,
  data: Data,
  canRepair = false,
): PreflightReport {
  return {
    fileKind,
    pages: undefined,
    sizes: [],
    pdfVersion: undefined,
    producer: undefined,
    problems: [{ code, severity: 'stop', data }],
    canSend: false,
    canRepair,
  }
}

function encrypted(file: PdfFile): PreflightReport {
  const isOpen = openWithoutPassword(file) !== undefined
  const report = refused('pdf', 'ENCRYPTED', { needsPassword: isOpen ? 'no' : 'yes' }, isOpen)
  return { ...report, pdfVersion: file.header.version }
}

function unreadable(source: ByteSource, error: SigningError): PreflightReport {
  if (error.code === 'PDF_TOO_LARGE')
    return refused('pdf', 'LIMIT_REACHED', { limit: String(error.data.limit ?? '') })
  const reason = String(error.data.reason ?? error.code)
  return refused('pdf', 'DAMAGED', { reason }, !mentionsSignature(source))
}

/** A damaged file that may carry a signature is not rewritten. */
function mentionsSignature(source: ByteSource): boolean {
  const chunk = 4 << 20
  for (let offset = 0; offset < source.sizeBytes; offset += chunk) {
    const length = Math.min(chunk + 16, source.sizeBytes - offset)
    if (Buffer.from(source.read(offset, length)).includes('/ByteRange')) return true
  }
  return false
}

async function examine(file: PdfFile): Promise<PreflightReport> {
  const problems: PreflightProblem[] = []
  const fields = listFormFields(file)
  problems.push(...formProblems(file, fields))
  const { pages, sizes } = await measurePages(file)
  problems.push(...sizeProblems(sizes))
  problems.push(...(await walkObjects(file)))
  const info = asDictionary(file.resolve(file.trailer.entries.get('Info')))
  return {
    fileKind: 'pdf',
    pages,
    sizes,
    pdfVersion: file.version,
    producer: asText(file.resolve(info?.entries.get('Producer'))),
    problems,
    canSend: problems.every((problem) => problem.severity !== 'stop'),
    canRepair: false,
  }
}

function formProblems(file: PdfFile, fields: readonly FormField[]): readonly PreflightProblem[] {
  const problems: PreflightProblem[] = []
  const form = asDictionary(file.resolve(file.catalog.entries.get('AcroForm')))
  if (file.resolve(form?.entries.get('XFA')).kind !== 'null')
    problems.push({ code: 'XFA', severity: 'stop', data: {} })
  const isFilled = (field: FormField): boolean => file.resolve(field.valueEntry).kind !== 'null'
  const signatures = fields.filter((field) => field.type === 'Sig')
  const signed = signatures.filter(isFilled)
  const empty = signatures.filter((field) => !isFilled(field))
  if (signed.length > 0)
    problems.push({ code: 'ALREADY_SIGNED', severity: 'stop', data: { count: signed.length } })
  if (empty.length > 0)
    problems.push({
      code: 'EMPTY_SIGNATURE_FIELDS',
      severity: 'warn',
      data: { names: list(empty.map((field) => field.name)) },
    })
  const inputs = fields.filter((field) => field.type === 'Tx' || field.type === 'Ch' || field.type === 'Btn')
  if (inputs.length > 0)
    problems.push({
      code: 'FORM_FIELDS',
      severity: 'warn',
      data: { count: inputs.length, filled: inputs.filter(isFilled).length },
    })
  const bare = needsAppearances(file, form)
    ? inputs.filter((field) => isFilled(field) && !isDrawn(field))
    : []
  if (bare.length > 0)
    problems.push({
      code: 'FIELDS_WITHOUT_APPEARANCE',
      severity: 'stop',
      data: { names: list(bare.map((field) => field.name)) },
    })
  return problems
}

/** The form asks viewers to draw its fields; that request has to go before the first signature. */
function needsAppearances(file: PdfFile, form: PdfDictionary | undefined): boolean {
  const entry = file.resolve(form?.entries.get('NeedAppearances'))
  return entry.kind === 'boolean' && entry.value
}

function isDrawn(field: FormField): boolean {
  const widgets = field.widgets.length > 0 ? field.widgets : [field]
  return widgets.every((widget) => widget.dictionary.entries.has('AP'))
}

function list(names: readonly string[]): string {
  return names.slice(0, 20).join(', ')
}

async function measurePages(file: PdfFile): Promise<Pick<PreflightReport, 'sizes'> & { pages: number }> {
  const counts = new Map<string, { widthMm: number; heightMm: number; count: number }>()
  let pages = 0
  const turn = turner()
  for (const page of file.pages()) {
    pages += 1
    const box = pageBox(page, file.resolve)
    const unit = asNumber(file.resolve(page.dictionary.entries.get('UserUnit'))) ?? 1
    const rotation = pageRotation(page, file.resolve)
    const width = Math.round((box.right - box.left) * unit * MILLIMETRES_PER_POINT)
    const height = Math.round((box.top - box.bottom) * unit * MILLIMETRES_PER_POINT)
    const isTurned = rotation === 90 || rotation === 270
    const size = isTurned
      ? { widthMm: height, heightMm: width, count: 0 }
      : { widthMm: width, heightMm: height, count: 0 }
    const key = `${size.widthMm}x${size.heightMm}`
    const known = counts.get(key) ?? size
    known.count += 1
    counts.set(key, known)
    await turn()
  }
  if (pages === 0)
    throw new SigningError('PDF_DAMAGED', 'There are no pages', { data: { reason: 'no pages' } })
  return { pages, sizes: [...counts.values()].sort((left, right) => right.count - left.count) }
}

/** Short and long side in millimetres of ISO A2–A6, JIS B4–B6 and US Letter. */
const USUAL_SIZES = [
  [420, 594],
  [297, 420],
  [210, 297],
  [148, 210],
  [105, 148],
  [257, 364],
  [182, 257],
  [128, 182],
  [216, 279],
] as const
const SIZE_TOLERANCE_MM = 3

function sizeProblems(sizes: PreflightReport['sizes']): readonly PreflightProblem[] {
  const problems: PreflightProblem[] = []
  // Upright and sideways pages of one paper size are nothing to speak of.
  const papers = new Set(sizes.map(({ widthMm, heightMm }) => [widthMm, heightMm].sort().join('x')))
  if (papers.size > 1)
    problems.push({ code: 'PAGE_SIZES_MIXED', severity: 'warn', data: { count: papers.size } })
  const unusual = sizes.filter(({ widthMm, heightMm }) => {
    const short = Math.min(widthMm, heightMm)
    const long = Math.max(widthMm, heightMm)
    return !USUAL_SIZES.some(
      ([usualShort, usualLong]) =>
        Math.abs(usualShort - short) <= SIZE_TOLERANCE_MM && Math.abs(usualLong - long) <= SIZE_TOLERANCE_MM,
    )
  })
  if (unusual.length > 0)
    problems.push({
      code: 'PAGE_SIZE_UNUSUAL',
      severity: 'warn',
      data: { sizes: list(unusual.map((size) => `${size.widthMm}×${size.heightMm}`)) },
    })
  return problems
}

/** Visits every object that can be reached from the trailer; damage anywhere in them stops the file. */
async function walkObjects(file: PdfFile): Promise<readonly PreflightProblem[]> {
  const findings = new Map<FindingCode, Set<string>>()
  const report = (finding: Finding): void => {
    const names = findings.get(finding.code) ?? new Set<string>()
    names.add(finding.name)
    findings.set(finding.code, names)
  }
  const turn = turner()
  const seen = new Set<number>()
  const queue: PdfReference[] = []
  const enter = (object: PdfObject): void => {
    findIn(object, file, { report, reference: (reference) => enqueue(reference) })
  }
  const enqueue = (reference: PdfReference): void => {
    if (seen.has(reference.objectNumber)) return
    seen.add(reference.objectNumber)
    queue.push(reference)
  }
  enter(file.trailer)
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    const object = file.objectAt(next, file.revisionIndex)
    if (object.kind === 'stream') assertStream(file, object)
    enter(object)
    await turn()
  }
  return [...findings].map(([code, names]) => ({
    code,
    severity: STOPPING.has(code) ? 'stop' : 'warn',
    data: { names: list([...names].filter((name) => name !== '')) },
  }))
}

const STOPPING: ReadonlySet<FindingCode> = new Set<FindingCode>(['JAVASCRIPT', 'LAUNCH_ACTION'])

function assertStream(file: PdfFile, stream: PdfObject & { kind: 'stream' }): void {
  if (stream.body.at === 'file') file.assertStreamEnd(stream)
}

function turner(): () => Promise<void> {
  let turnedAt = performance.now()
  return async () => {
    if (performance.now() - turnedAt < 10) return
    await nextTurn()
    turnedAt = performance.now()
  }
}
