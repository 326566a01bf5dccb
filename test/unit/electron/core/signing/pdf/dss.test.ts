import { describe, expect, test } from 'vitest'
import { memorySource } from '../../../../../../electron/core/kit/byte-source.ts'
import { appendDss, readDss } from '../../../../../../electron/core/signing/pdf/dss.ts'
import { asDictionary } from '../../../../../../electron/core/signing/pdf/objects.ts'
import { openPdf } from '../../../../../../electron/core/signing/pdf/reader.ts'
import { type MakePdfOptions, makePdf, XREF_KINDS } from '../../../../../support/make-pdf.ts'
import { hasJudge } from '../../../../../support/outside-judges.ts'
import { append, qpdfComplaint, withSignature } from './judged.ts'

const [CERT_A, CERT_B, OCSP, CRL] = ['certificate a', 'certificate b', 'ocsp', 'crl'].map((text) =>
  Buffer.from(text),
)

function withDss(
  base: Uint8Array,
  data: { certificates?: Buffer[]; ocsps?: Buffer[]; crls?: Buffer[] },
): Buffer {
  const appended = appendDss(memorySource(base), { certificates: [], ocsps: [], crls: [], ...data })
  return append(base, appended)
}

function stored(bytes: Uint8Array): Record<string, readonly string[]> {
  const data = readDss(openPdf(memorySource(bytes)))
  return Object.fromEntries(
    Object.entries(data).map(([key, items]) => [key, items.map((item) => Buffer.from(item).toString())]),
  )
}

const defined = (...items: (Buffer | undefined)[]): Buffer[] => items.flatMap((item) => (item ? [item] : []))

test.each(XREF_KINDS)('validation data goes into a file of kind %s and comes back', async (kind) => {
  const signed = await withSignature(makePdf({ kind }))
  const bytes = withDss(signed, {
    certificates: defined(CERT_A, CERT_B),
    ocsps: defined(OCSP),
    crls: defined(CRL),
  })
  expect(stored(bytes)).toEqual({
    certificates: ['certificate a', 'certificate b'],
    ocsps: ['ocsp'],
    crls: ['crl'],
  })
  expect(bytes.subarray(0, signed.length).equals(signed)).toBe(true)
  if (hasJudge('qpdf')) expect(qpdfComplaint(bytes)).toBe('')
})

test('what is stored already is not stored again, and then nothing is appended', () => {
  const once = withDss(makePdf(), { certificates: defined(CERT_A, CERT_A) })
  expect(stored(once).certificates).toEqual(['certificate a'])
  expect(withDss(once, { certificates: defined(CERT_A) }).length).toBe(once.length)
})

test('a second addition keeps the old entries in their places', () => {
  const once = withDss(makePdf(), { certificates: defined(CERT_A), crls: defined(CRL) })
  const twice = withDss(once, { certificates: defined(CERT_B), ocsps: defined(OCSP) })
  expect(stored(twice)).toEqual({
    certificates: ['certificate a', 'certificate b'],
    ocsps: ['ocsp'],
    crls: ['crl'],
  })
  const [old, now] = [once, twice].map((bytes) => openPdf(memorySource(bytes)))
  expect(now?.catalog.entries.get('DSS')).toEqual(old?.catalog.entries.get('DSS'))
  expect(now?.entryOf(1)).toEqual(old?.entryOf(1))
})

test('a view of the earlier revision shows what was stored then', () => {
  const once = withDss(makePdf(), { certificates: defined(CERT_A) })
  const file = openPdf(memorySource(withDss(once, { certificates: defined(CERT_B) })))
  const counts = [0, 1, 2].map((revision) => readDss(file, file.viewAt(revision)).certificates.length)
  expect(counts).toEqual([0, 1, 2])
})

describe('a store somebody else made', () => {
  const more = new Map<number, string | { dictionary: string; data: Buffer }>([
    [50, '<</Type /DSS /VRI <</ABC <</Cert [52 0 R]>>>> /Certs 51 0 R>>'],
    [51, '[52 0 R]'],
    [52, { dictionary: '', data: Buffer.from('certificate a') }],
  ])
  const foreign = (options: MakePdfOptions): Buffer => makePdf({ ...options, more })

  test('keeps its VRI; a list that is an object of its own grows there', () => {
    const base = foreign({ catalog: '/DSS 50 0 R' })
    const bytes = withDss(base, { certificates: defined(CERT_B) })
    const file = openPdf(memorySource(bytes))
    expect(stored(bytes).certificates).toEqual(['certificate a', 'certificate b'])
    expect(file.entryOf(50)).toEqual(openPdf(memorySource(base)).entryOf(50))
    const store = asDictionary(file.resolve(file.catalog.entries.get('DSS')))
    expect(store?.entries.has('VRI')).toBe(true)
  })

  test('extensions are declared once, those that are there stay, and PDF 2.0 needs none', () => {
    const keys = (options: MakePdfOptions) => {
      const file = openPdf(memorySource(withDss(makePdf(options), { crls: defined(CRL) })))
      return [
        ...(asDictionary(file.resolve(file.catalog.entries.get('Extensions')))?.entries.keys() ?? []),
      ].sort()
    }
    expect(keys({})).toEqual(['ADBE', 'ESIC'])
    expect(keys({ catalog: '/Extensions <</XXXX <</BaseVersion /1.7 /ExtensionLevel 1>>>>' })).toEqual([
      'ADBE',
      'ESIC',
      'XXXX',
    ])
    expect(keys({ version: '2.0' })).toEqual([])
  })
})
