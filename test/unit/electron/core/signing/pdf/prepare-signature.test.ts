import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { memorySource } from '../../../../../../electron/core/kit/byte-source.ts'
import { digestBase, extendDigest } from '../../../../../../electron/core/signing/pdf/base-digest.ts'
import { layOutSignatureFields } from '../../../../../../electron/core/signing/pdf/field-layout.ts'
import { asArray, asDictionary, asName, asText } from '../../../../../../electron/core/signing/pdf/objects.ts'
import {
  prepareDocumentTimestamp,
  prepareSignature,
} from '../../../../../../electron/core/signing/pdf/prepare-signature.ts'
import {
  fillSignature,
  parsePrepared,
  serialisePrepared,
} from '../../../../../../electron/core/signing/pdf/prepared-signature.ts'
import { openPdf } from '../../../../../../electron/core/signing/pdf/reader.ts'
import { listSignatureFields } from '../../../../../../electron/core/signing/pdf/signature-fields.ts'
import { CATALOG, FIRST_PAGE, makePdf, XREF_KINDS } from '../../../../../support/make-pdf.ts'
import { hasJudge } from '../../../../../support/outside-judges.ts'
import { append, qpdfComplaint, SIGNED_AT, textOf, withSignature } from './judged.ts'

const RECT = { left: 50, bottom: 50, right: 200, top: 100 }
const CMS = Buffer.concat([Buffer.from('30820100', 'hex'), Buffer.alloc(256, 0xab)])

function signatureOf(bytes: Uint8Array, name: string) {
  const field = listSignatureFields(openPdf(memorySource(bytes))).find((one) => one.name === name)
  if (field?.value === undefined) throw new Error('No such signature')
  return field.value.entries
}

describe.each(XREF_KINDS)('a signature in a file of kind %s', (kind) => {
  const base = makePdf({ kind, pages: 2, form: 'indirect', annotations: 'indirect' })

  test('covers everything but the hexadecimal text between < and >', async () => {
    const prepared = await prepareSignature(memorySource(base), {
      signedAt: SIGNED_AT,
      fieldName: '署名1',
      rect: RECT,
    })
    const whole = append(base, fillSignature(prepared, CMS))
    const [zero, before, behind, rest] = prepared.byteRange
    expect([zero, before, behind + rest]).toEqual([0, prepared.contentsStart, whole.length])
    expect(whole.toString('latin1', before - 10, before + 1)).toBe('/Contents <')
    expect(whole.toString('latin1', behind - 1, behind + 2)).toBe('>>>')
    expect(whole.toString('latin1', before + 1, behind - 1)).toBe(
      CMS.toString('hex').padEnd(2 * prepared.reservedBytes, '0'),
    )
    const covered = Buffer.concat([whole.subarray(0, before), whole.subarray(behind)])
    expect(Buffer.from(prepared.digest)).toEqual(createHash('sha256').update(covered).digest())
    expect(
      asArray(signatureOf(whole, '署名1').get('ByteRange'))?.map(
        (item) => item.kind === 'number' && item.value,
      ),
    ).toEqual([...prepared.byteRange])
  })

  test.skipIf(!hasJudge('qpdf') || !hasJudge('pdftotext'))(
    'three times over pleases qpdf and keeps the text',
    async () => {
      const first = await withSignature(base, { certify: 2 })
      const second = await withSignature(first)
      const third = await prepareDocumentTimestamp(memorySource(second))
      const bytes = append(second, fillSignature(third, CMS))
      expect(qpdfComplaint(bytes)).toBe('')
      expect(textOf(bytes)).toBe(textOf(base))
      expect(bytes.subarray(0, second.length).equals(second)).toBe(true)
      expect(openPdf(memorySource(bytes)).revisions.length).toBe(4)
      expect(
        listSignatureFields(openPdf(memorySource(bytes))).map((field) => [field.name, field.isSigned]),
      ).toEqual([
        ['署名1', true],
        ['署名2', true],
        ['タイムスタンプ1', true],
      ])
    },
  )
})

describe('the signature dictionary', () => {
  test('says what it was told, in Japanese time', async () => {
    const bytes = await withSignature(makePdf(), {
      name: '山田太郎',
      reason: '契約締結',
      location: '扶桑町',
      contactInfo: 'a@example.jp',
    })
    const entries = signatureOf(bytes, '署名1')
    expect(
      Object.fromEntries(
        ['M', 'Name', 'Reason', 'Location', 'ContactInfo'].map((key) => [key, asText(entries.get(key))]),
      ),
    ).toEqual({
      M: "D:20260401100203+09'00'",
      Name: '山田太郎',
      Reason: '契約締結',
      Location: '扶桑町',
      ContactInfo: 'a@example.jp',
    })
    expect(['Type', 'Filter', 'SubFilter'].map((key) => asName(entries.get(key)))).toEqual([
      'Sig',
      'Adobe.PPKLite',
      'ETSI.CAdES.detached',
    ])
    expect(entries.has('Cert')).toBe(false)
  })

  test('of a certification has DocMDP and is named by the catalog', async () => {
    const bytes = await withSignature(makePdf(), { certify: 2 })
    const file = openPdf(memorySource(bytes))
    const [field] = listSignatureFields(file)
    const [reference] = asArray(field?.value?.entries.get('Reference')) ?? []
    const parameters = asDictionary(asDictionary(reference)?.entries.get('TransformParams'))
    expect(asName(asDictionary(reference)?.entries.get('TransformMethod'))).toBe('DocMDP')
    expect([parameters?.entries.get('P'), parameters?.entries.get('V')]).toEqual([
      { kind: 'number', value: 2, text: '2' },
      { kind: 'name', value: '1.2' },
    ])
    const permissions = asDictionary(file.catalog.entries.get('Perms'))
    expect(permissions?.entries.get('DocMDP')).toEqual(field?.valueReference)
  })

  test('of a document timestamp is invisible and of the right type', async () => {
    const base = makePdf()
    const prepared = await prepareDocumentTimestamp(memorySource(base))
    const bytes = append(base, fillSignature(prepared, CMS))
    const entries = signatureOf(bytes, 'タイムスタンプ1')
    expect([asName(entries.get('Type')), asName(entries.get('SubFilter')), entries.has('M')]).toEqual([
      'DocTimeStamp',
      'ETSI.RFC3161',
      false,
    ])
  })
})

describe('fields', () => {
  test('an existing empty field is filled and others are left alone', async () => {
    const base = makePdf({ pages: 2 })
    const laid = append(
      base,
      layOutSignatureFields(memorySource(base), [
        { name: 'town', pageIndex: 1, rect: RECT, lock: { action: 'Include', fields: ['amount'] } },
        { name: 'firm', rect: RECT },
      ]),
    )
    const bytes = await withSignature(laid, { fieldName: 'town', mayCreateField: false })
    const fields = listSignatureFields(openPdf(memorySource(bytes)))
    expect(fields.map((field) => [field.name, field.isSigned, field.pageIndex])).toEqual([
      ['town', true, 1],
      ['firm', false, 0],
    ])
    const [reference] = asArray(fields[0]?.value?.entries.get('Reference')) ?? []
    expect(asName(asDictionary(reference)?.entries.get('TransformMethod'))).toBe('FieldMDP')
  })

  test('a field whose widget is a kid of its own is filled', async () => {
    const more = new Map([
      [50, '<</T (seal) /FT /Sig /Kids [51 0 R]>>'],
      [51, `<</Parent 50 0 R /Type /Annot /Subtype /Widget /Rect [10 10 90 50] /P ${FIRST_PAGE} 0 R>>`],
    ])
    const base = makePdf({ catalog: '/AcroForm <</Fields [50 0 R]>>', more })
    const bytes = await withSignature(base, { fieldName: 'seal' })
    const [field] = listSignatureFields(openPdf(memorySource(bytes)))
    expect([field?.name, field?.isSigned, field?.reference?.objectNumber]).toEqual(['seal', true, 50])
  })

  test.each([
    ['a field that must exist and does not', { fieldName: 'x', mayCreateField: false }, 'FIELD_NOT_FOUND'],
    ['a field that is signed', { fieldName: '署名1' }, 'FIELD_ALREADY_SIGNED'],
    ['a text field', { fieldName: 'name' }, 'FIELD_NAME_TAKEN'],
    ['a page beyond the last', { pageIndex: 1, rect: RECT }, 'PAGE_NOT_FOUND'],
    ['a certification after a signature', { certify: 2 as const }, 'ALREADY_SIGNED'],
  ])('%s is refused', async (_name, options, code) => {
    const signed = await withSignature(makePdf({ form: 'indirect' }))
    await expect(withSignature(signed, options)).rejects.toMatchObject({ code })
  })
})

describe('what earlier signatures allow', () => {
  const timestamp = (bytes: Uint8Array) => prepareDocumentTimestamp(memorySource(bytes))

  test.each([1, 2, 3] as const)('after certification with P=%i', async (permission) => {
    const certified = await withSignature(makePdf(), { certify: permission })
    const outcome = (options: object) =>
      withSignature(certified, options).then(
        () => 'signed',
        (error: { code: string }) => error.code,
      )
    expect(await outcome({})).toBe(permission === 1 ? 'CERTIFIED_NO_CHANGES' : 'signed')
    expect(await outcome({ rect: RECT })).toBe('CERTIFIED_NO_CHANGES')
    await expect(timestamp(certified)).resolves.toMatchObject({ kind: 'document-timestamp' })
  })

  test('a visible field that was there before certification may be signed after it', async () => {
    const base = makePdf()
    const laid = append(
      base,
      layOutSignatureFields(memorySource(base), [{ name: 'firm', rect: RECT }, { name: 'town' }]),
    )
    const certified = await withSignature(laid, { fieldName: 'town', certify: 2 })
    const bytes = await withSignature(certified, { fieldName: 'firm' })
    expect(listSignatureFields(openPdf(memorySource(bytes))).every((field) => field.isSigned)).toBe(true)
  })

  test.each([
    [{ action: 'All', fields: [] }, 'CERTIFIED_NO_CHANGES'],
    [{ action: 'Include', fields: ['firm'] }, 'CERTIFIED_NO_CHANGES'],
    [{ action: 'Include', fields: ['amount'] }, 'signed'],
    [{ action: 'Exclude', fields: ['firm'] }, 'signed'],
    [{ action: 'Exclude', fields: ['amount'] }, 'CERTIFIED_NO_CHANGES'],
  ] as const)('after a signature that locks %j', async (lock, expected) => {
    const base = makePdf()
    const laid = append(
      base,
      layOutSignatureFields(memorySource(base), [{ name: 'town', lock }, { name: 'firm' }]),
    )
    const signed = await withSignature(laid, { fieldName: 'town' })
    const outcome = await withSignature(signed, { fieldName: 'firm' }).then(
      () => 'signed',
      (error: { code: string }) => error.code,
    )
    expect(outcome).toBe(expected)
  })
})

describe('a prepared signature', () => {
  test('survives storage as text and is filled later to the same bytes', async () => {
    const prepared = await prepareSignature(memorySource(makePdf()), { signedAt: SIGNED_AT })
    const text = serialisePrepared(prepared)
    expect(text.length).toBeLessThan(3000)
    const restored = parsePrepared(text)
    expect(Buffer.from(fillSignature(restored, CMS))).toEqual(Buffer.from(fillSignature(prepared, CMS)))
    expect(restored.byteRange).toEqual(prepared.byteRange)
    expect(Buffer.from(restored.digest)).toEqual(Buffer.from(prepared.digest))
  })

  test.each(['', '{}', 'null', '{"version":2}'])('text that it did not make is refused: %s', (text) => {
    expect(() => parsePrepared(text)).toThrow(expect.objectContaining({ code: 'PDF_DAMAGED' }))
  })

  test('whose numbers do not fit together is refused', async () => {
    const prepared = await prepareSignature(memorySource(makePdf()), { signedAt: SIGNED_AT })
    const altered = { ...JSON.parse(serialisePrepared(prepared)), reservedBytes: 100 }
    expect(() => parsePrepared(JSON.stringify(altered))).toThrow(
      expect.objectContaining({ code: 'PDF_DAMAGED' }),
    )
  })

  test('refuses a CMS that does not fit, with the numbers', async () => {
    const prepared = await prepareSignature(memorySource(makePdf()), {
      signedAt: SIGNED_AT,
      reservedBytes: 100,
    })
    expect(() => fillSignature(prepared, Buffer.alloc(101))).toThrow(
      expect.objectContaining({
        code: 'RESERVED_SPACE_TOO_SMALL',
        data: { requiredBytes: 101, availableBytes: 100 },
      }),
    )
    expect(fillSignature(prepared, Buffer.alloc(100)).length).toBe(prepared.appended.length)
  })

  test('is not changed by being filled', async () => {
    const prepared = await prepareSignature(memorySource(makePdf()), { signedAt: SIGNED_AT })
    const before = Buffer.from(prepared.appended)
    fillSignature(prepared, CMS)
    expect(Buffer.from(prepared.appended).equals(before)).toBe(true)
  })

  test('uses a digest that was made earlier, also after another signature', async () => {
    const base = makePdf()
    const known = await digestBase(memorySource(base), 'SHA-512')
    const options = { signedAt: SIGNED_AT, hash: 'SHA-512' as const }
    const first = await prepareSignature(memorySource(base), { ...options, baseDigest: known })
    const appended = fillSignature(first, CMS)
    const signed = append(base, appended)
    const reused = await prepareSignature(memorySource(signed), {
      ...options,
      baseDigest: extendDigest(known, appended),
    })
    const covered = Buffer.concat([
      append(signed, reused.appended).subarray(0, reused.byteRange[1]),
      append(signed, reused.appended).subarray(reused.byteRange[2]),
    ])
    expect(Buffer.from(reused.digest)).toEqual(createHash('sha512').update(covered).digest())
    await expect(prepareSignature(memorySource(signed), { ...options, baseDigest: known })).rejects.toThrow(
      'digest is of other bytes',
    )
  })

  test('of a file over ten digits of bytes keeps its range in place', async () => {
    const base = makePdf()
    const source = memorySource(base)
    const prepared = await prepareSignature(source, { signedAt: SIGNED_AT })
    const text = Buffer.from(prepared.appended).toString('latin1')
    const room = /\/ByteRange \[0 ([\d ]+)\]/.exec(text)?.[1]?.length ?? 0
    expect(room).toBeGreaterThanOrEqual(3 * 10 + 2)
  })
})

test('the catalog is not touched by a second signature', async () => {
  const once = await withSignature(makePdf())
  const twice = await withSignature(once)
  const entries = [once, twice].map((bytes) => openPdf(memorySource(bytes)).entryOf(CATALOG))
  expect(entries[0]).toEqual(entries[1])
})
