import { readFile, writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { VerificationReport } from '../../../shared/model/verification.ts'
import { desk } from '../../support/command-line.ts'
import { openSigningDesk, type SigningDesk } from '../../support/signing-desk.ts'

let office: SigningDesk
beforeAll(async () => {
  office = await openSigningDesk()
  const key = ['--p12', office.path('town.p12'), '--password', office.password]
  const level = ['--level', 't', '--tsa', office.trust.tsaUrl]
  const signed = await desk('sign', office.path('contract.pdf'), office.path('signed.pdf'), ...key, ...level)
  if (signed.code !== 0) throw new Error(signed.messages)
  const bytes = await readFile(office.path('signed.pdf'))
  bytes[bytes.indexOf('/MediaBox') + 12] = 0x37
  await writeFile(office.path('tampered.pdf'), bytes)
})
afterAll(() => office.close())

const verify = (...args: string[]) => desk('verify', ...args)
const trust = () => ['--trust', office.path('root.pem')]

test('desk verify --json prints the report of interfaces.md, offline', async () => {
  const asked = [...office.trust.counts.values()].reduce((sum, count) => sum + count, 0)
  const outcome = await verify(office.path('signed.pdf'), ...trust(), '--json')
  expect([outcome.code, outcome.messages]).toEqual([0, ''])
  const report = VerificationReport.parse(JSON.parse(outcome.output))
  expect(report.verdict).toBe('valid')
  expect(report.signatures).toMatchObject([
    {
      kind: 'signature',
      level: 'B-T',
      integrity: 'intact',
      trust: 'trusted',
      coverage: 'whole-file',
      timestamp: { trusted: true },
    },
  ])
  expect([...office.trust.counts.values()].reduce((sum, count) => sum + count, 0)).toBe(asked)
})

test('desk verify --online asks the addresses in the certificates', async () => {
  const before = office.trust.counts.get('/ocsp') ?? 0
  const outcome = await verify(office.path('signed.pdf'), ...trust(), '--online', '--json')
  expect(JSON.parse(outcome.output)).toMatchObject({ verdict: 'valid', signatures: [{ revocation: 'good' }] })
  expect(office.trust.counts.get('/ocsp') ?? 0).toBeGreaterThan(before)
})

test('several files are one JSON value a line, in order, each with its name; one that is missing is exit 1', async () => {
  const files = ['tampered.pdf', 'none.pdf', 'contract.pdf', 'root.pem', 'signed.pdf'].map(office.path)
  const outcome = await verify(...files, '--json')
  const reports = outcome.output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(reports.map(({ file, verdict }) => [file, verdict])).toEqual([
    [files[0], 'broken'],
    [files[1], 'unreadable'],
    [files[2], 'unsigned'],
    [files[3], 'unreadable'],
    [files[4], 'unknown-signer'],
  ])
  expect(outcome.code).toBe(1)
})

test('people read Japanese sentences', async () => {
  const outcome = await verify(office.path('signed.pdf'), office.path('tampered.pdf'), ...trust())
  expect(outcome.output).toMatch(/signed\.pdf: 有効/)
  expect(outcome.output).toMatch(/tampered\.pdf: 改変あり/)
  expect(outcome.output).toContain('署名「署名1」')
})

test('a moment that is none is wrong usage, unreadable trust is a refusal', async () => {
  expect((await verify('a.pdf', '--at', '昨日')).code).toBe(2)
  expect((await verify()).code).toBe(2)
  const refused = await verify(office.path('signed.pdf'), '--trust', office.path('contract.pdf'))
  expect([refused.code, refused.output]).toEqual([1, ''])
})

test('desk preflight says whether a file can be sent, and exits 1 when one cannot', async () => {
  await writeFile(office.path('empty.pdf'), '')
  await writeFile(office.path('picture.pdf'), Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 0, 0, 0]))
  const good = await desk('preflight', office.path('contract.pdf'), '--json')
  expect([good.code, JSON.parse(good.output)]).toMatchObject([
    0,
    { canSend: true, pages: 1, fileKind: 'pdf' },
  ])
  const bad = await desk('preflight', office.path('empty.pdf'), office.path('picture.pdf'), '--json')
  const reports = bad.output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(bad.code).toBe(1)
  expect(reports).toMatchObject([
    { canSend: false, problems: [{ code: 'EMPTY_FILE', severity: 'stop', text: expect.any(String) }] },
    {
      canSend: false,
      problems: [{ code: 'NOT_A_PDF', text: expect.stringContaining('PDFファイルではありません') }],
    },
  ])
  const people = await desk('preflight', office.path('signed.pdf'))
  expect(people.output).toContain('すでに電子署名があります')
})

test('desk repair makes a damaged file whole, and never touches a signed one', async () => {
  const text = (await readFile(office.path('contract.pdf'))).toString('latin1')
  await writeFile(
    office.path('damaged.pdf'),
    text.replace(/startxref\s+\d+/, 'startxref\n99999999'),
    'latin1',
  )
  expect((await desk('preflight', office.path('damaged.pdf'))).code).toBe(1)
  const repaired = await desk('repair', office.path('damaged.pdf'), office.path('repaired.pdf'), '--json')
  expect([repaired.code, JSON.parse(repaired.output)]).toMatchObject([0, { pages: 1 }])
  expect((await desk('preflight', office.path('repaired.pdf'))).code).toBe(0)
  const signed = await desk('repair', office.path('signed.pdf'), office.path('never.pdf'))
  expect([signed.code, signed.messages]).toEqual([1, expect.stringContaining('すでに署名されている')])
  await expect(readFile(office.path('never.pdf'))).rejects.toMatchObject({ code: 'ENOENT' })
})
