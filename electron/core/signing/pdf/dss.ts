/**
 * The document security store (ISO 32000-2 §12.8.4.3, EN 319 142-1 §5.4.2): certificates, OCSP responses and CRLs
 * that let a signature be checked when their servers are gone. No /VRI is written (EN 319 142-1 table 1: "should not
 * be used"); one that is there stays as it is.
 */
import { createHash } from 'node:crypto'
import type { ByteSource } from '../../kit/byte-source.ts'
import {
  asArray,
  asDictionary,
  asReference,
  type PdfDictionary,
  type PdfObject,
  pdfArray,
  pdfDictionary,
  pdfName,
  pdfNumber,
  pdfStream,
  withEntries,
} from './objects.ts'
import { openPdf, type PdfFile, type PdfView } from './reader.ts'
import { type PdfUpdate, startUpdate } from './update-writer.ts'

/** DER bytes: certificates as X.509, `ocsps` as OCSPResponse, `crls` as CertificateList. */
export type ValidationData = {
  readonly certificates: readonly Uint8Array[]
  readonly ocsps: readonly Uint8Array[]
  readonly crls: readonly Uint8Array[]
}

const LISTS = { certificates: 'Certs', ocsps: 'OCSPs', crls: 'CRLs' } as const
type ListName = keyof typeof LISTS
const LIST_NAMES: readonly ListName[] = ['certificates', 'ocsps', 'crls']

/** One item of the store may be this long; a national CRL has a few MB. */
const MAXIMUM_ITEM_BYTES = 32 << 20

/**
 * Everything the store of this view holds, empty lists when there is none. Items that are no stream are skipped.
 *
 * @param file gives the bytes; `view` may be an older revision of it
 * @throws SigningError PDF_DAMAGED | PDF_TOO_LARGE
 */
export function readDss(file: PdfFile, view: PdfView = file): ValidationData {
  const store = asDictionary(view.resolve(view.catalog.entries.get('DSS')))
  const list = (name: ListName): readonly Uint8Array[] => {
    const items = asArray(view.resolve(store?.entries.get(LISTS[name]))) ?? []
    return items.flatMap((item) => {
      const stream = view.resolve(item)
      return stream.kind === 'stream' ? [file.decodeStream(stream, MAXIMUM_ITEM_BYTES)] : []
    })
  }
  return { certificates: list('certificates'), ocsps: list('ocsps'), crls: list('crls') }
}

/**
 * Adds validation data to the store in one update: what is there stays, what is there already is not added again.
 *
 * @returns the bytes to append; empty when nothing is new
 * @throws SigningError PDF_ENCRYPTED | PDF_DAMAGED | NOT_A_PDF | PDF_TOO_LARGE
 * Does not check what it stores.
 */
export function appendDss(source: ByteSource, data: ValidationData): Uint8Array {
  const file = openPdf(source)
  const update = startUpdate(file)
  const known = readDss(file)
  const entry = file.catalog.entries.get('DSS')
  const store = asDictionary(file.resolve(entry))
  const changes: Record<string, PdfObject> = {}
  for (const name of LIST_NAMES) {
    const fresh = newItems(known[name], data[name])
    if (fresh.length > 0) addItems(update, store, { key: LISTS[name], items: fresh, changes })
  }
  if (update.isEmpty()) return new Uint8Array(0)
  const changed =
    store === undefined ? pdfDictionary({ Type: pdfName('DSS'), ...changes }) : withEntries(store, changes)
  const own = store === undefined ? undefined : asReference(entry)
  if (own !== undefined) {
    if (Object.keys(changes).length > 0) update.set(own, changed)
  } else {
    const extensions = file.version >= '2.0' ? undefined : withExtensions(file)
    update.set(
      file.catalogReference,
      withEntries(file.catalog, {
        DSS: update.add(changed),
        ...(extensions === undefined ? {} : { Extensions: extensions }),
      }),
    )
  }
  return update.finish().bytes
}

function newItems(known: readonly Uint8Array[], wanted: readonly Uint8Array[]): readonly Uint8Array[] {
  const seen = new Set(known.map(fingerprint))
  return wanted.filter((item) => {
    const print = fingerprint(item)
    if (seen.has(print)) return false
    seen.add(print)
    return true
  })
}

function fingerprint(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('base64')
}

/** A list that is an object of its own is extended there, so that the store itself stays as it is. */
function addItems(
  update: PdfUpdate,
  store: PdfDictionary | undefined,
  list: {
    readonly key: string
    readonly items: readonly Uint8Array[]
    readonly changes: Record<string, PdfObject>
  },
): void {
  const added = list.items.map((item) => update.add(pdfStream({}, item)))
  const entry = store?.entries.get(list.key)
  const known = update.resolve(entry)
  const all = pdfArray([...(asArray(known) ?? []), ...added])
  const own = known.kind === 'array' ? asReference(entry) : undefined
  if (own === undefined) list.changes[list.key] = all
  else update.set(own, all)
}

/**
 * Developer extensions (§7.12) that say which features of later standards the file uses, as is usual for files
 * before 2.0; those of a prefix that is there already stay. Undefined when nothing has to change.
 */
function withExtensions(file: PdfFile): PdfObject | undefined {
  const known = asDictionary(file.resolve(file.catalog.entries.get('Extensions'))) ?? pdfDictionary({})
  const missing = [
    { prefix: 'ESIC', level: 5 },
    { prefix: 'ADBE', level: 8 },
  ].filter(({ prefix }) => !known.entries.has(prefix))
  if (missing.length === 0) return undefined
  const added = missing.map(({ prefix, level }): [string, PdfObject] => [
    prefix,
    pdfDictionary({ BaseVersion: pdfName('1.7'), ExtensionLevel: pdfNumber(level) }),
  ])
  return withEntries(known, Object.fromEntries(added))
}
