import { readdir, readFile, writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { desk } from '../../support/command-line.ts'
import { askJudge, hasJudge } from '../../support/outside-judges.ts'
import { openSigningDesk, type SigningDesk } from '../../support/signing-desk.ts'

let office: SigningDesk
beforeAll(async () => {
  office = await openSigningDesk()
})
afterAll(() => office.close())

const key = () => ['--p12', office.path('town.p12'), '--password', office.password]
const sign = (output: string, ...options: string[]) =>
  desk('sign', office.path('contract.pdf'), office.path(output), ...key(), ...options)

async function appendsTo(input: string, output: string): Promise<boolean> {
  const [before, after] = [await readFile(office.path(input)), await readFile(office.path(output))]
  return after.length > before.length && after.subarray(0, before.length).equals(before)
}

describe('desk sign', () => {
  test('signs, appends only, and says so in Japanese', async () => {
    const outcome = await sign('b.pdf', '--reason', '契約の締結', '--location', '扶桑町')
    expect(outcome).toMatchObject({ code: 0, messages: '' })
    expect(outcome.output).toContain('署名しました')
    expect(await appendsTo('contract.pdf', 'b.pdf')).toBe(true)
  })

  test('signs a signed file again into the field named, visibly, up to B-LTA, and prints one JSON value', async () => {
    const tsa = office.trust.tsaUrl
    const levels = ['--level', 'lta', '--tsa', tsa, '--trust', office.path('root.pem')]
    const place = ['--field', '受注者', '--rect', '1,300,60,200,60']
    await sign('first.pdf', '--level', 't', '--tsa', tsa)
    const outcome = await desk(
      'sign',
      office.path('first.pdf'),
      office.path('second.pdf'),
      ...key(),
      ...levels,
      ...place,
      '--json',
    )
    expect([outcome.code, outcome.messages]).toEqual([0, ''])
    expect(JSON.parse(outcome.output)).toEqual({
      output: office.path('second.pdf'),
      field: '受注者',
      level: 'B-LTA',
    })
    expect(await appendsTo('first.pdf', 'second.pdf')).toBe(true)
  })

  test.skipIf(!hasJudge('pdfsig'))('is called valid by pdfsig, every signature of it', async () => {
    await sign('one.pdf')
    await desk('sign', office.path('one.pdf'), office.path('two.pdf'), ...key(), '--rect', '1,20,20,180,60')
    const { output } = askJudge('pdfsig', ['-nocert', office.path('two.pdf')])
    expect(output.match(/Signature Validation: Signature is Valid\./g)?.length).toBe(2)
    expect(output).not.toMatch(/invalid/i)
  })

  test.skipIf(!hasJudge('qpdf'))('leaves a file that qpdf finds nothing wrong with', async () => {
    await sign('clean.pdf', '--level', 't', '--tsa', office.trust.tsaUrl)
    expect(askJudge('qpdf', ['--check', office.path('clean.pdf')]).code).toBe(0)
  })
})

describe('desk sign refuses, with exit 1 and no output file:', () => {
  test.each<[string, string, () => string[]]>([
    [
      'a wrong password',
      'パスワードが違います',
      () => ['--p12', office.path('town.p12'), '--password', 'no'],
    ],
    [
      'an expired certificate',
      '有効期限が切れて',
      () => ['--p12', office.path('expired.p12'), '--password', office.password],
    ],
    ['a key that is no key', '読めません', () => ['--p12', office.path('contract.pdf'), '--password', 'x']],
    [
      'a key that is not there',
      '見つかりません',
      () => ['--p12', office.path('none.p12'), '--password', 'x'],
    ],
    ['a page that is not there', 'ページがありません', () => [...key(), '--rect', '9,1,1,50,50']],
    [
      'a TSA that nobody answers for',
      '時刻認証局に接続できません',
      () => [...key(), '--level', 't', '--tsa', 'http://127.0.0.1:9/'],
    ],
    ['a PKCS#11 module that is not there', 'トークン', () => ['--pkcs11', '/none.so', '--pin', '1']],
  ])('%s', async (_name, sentence, options) => {
    const before = await readdir(office.folder)
    const outcome = await desk('sign', office.path('contract.pdf'), office.path('never.pdf'), ...options())
    expect([outcome.code, outcome.output]).toEqual([1, ''])
    expect(outcome.messages).toContain(sentence)
    expect(await readdir(office.folder)).toEqual(before)
  })

  test('a TSA that answers garbage', async () => {
    office.trust.misbehave({ tsa: 'garbage' })
    const outcome = await sign('never.pdf', '--level', 't', '--tsa', office.trust.tsaUrl, '--json')
    office.trust.misbehave({})
    expect(outcome.code).toBe(1)
    expect(JSON.parse(outcome.output)).toMatchObject({ error: { code: expect.stringMatching(/^TSA_/) } })
    expect(await readdir(office.folder)).not.toContain('never.pdf')
  })

  test('what is no PDF, and the input as output', async () => {
    await writeFile(office.path('picture.pdf'), Buffer.from([0xff, 0xd8, 0xff, 0xe0]))
    const picture = await desk('sign', office.path('picture.pdf'), office.path('never.pdf'), ...key())
    expect([picture.code, picture.messages]).toEqual([
      1,
      expect.stringContaining('PDFファイルではありません'),
    ])
    const same = await desk('sign', office.path('contract.pdf'), office.path('./contract.pdf'), ...key())
    expect([same.code, same.messages]).toEqual([1, expect.stringContaining('同じファイル')])
  })
})

describe('wrong usage is exit 2 with the usage in Japanese:', () => {
  test.each<[string, string[]]>([
    ['no command', []],
    ['an unknown command', ['sing']],
    ['a property of every object', ['constructor']],
    ['one file', ['sign', 'a.pdf']],
    ['three files', ['sign', 'a.pdf', 'b.pdf', 'c.pdf']],
    ['an unknown option', ['sign', 'a.pdf', 'b.pdf', '--colour', 'red']],
    ['no key', ['sign', 'a.pdf', 'b.pdf']],
    ['two keys', ['sign', 'a.pdf', 'b.pdf', '--p12', 'a', '--password', 'b', '--pkcs11', 'c', '--pin', '1']],
    ['no password', ['sign', 'a.pdf', 'b.pdf', '--p12', 'a']],
    ['an unknown level', ['sign', 'a.pdf', 'b.pdf', '--p12', 'a', '--password', 'b', '--level', 'x']],
    ['a level without TSA', ['sign', 'a.pdf', 'b.pdf', '--p12', 'a', '--password', 'b', '--level', 't']],
    ['a rectangle of four', ['sign', 'a.pdf', 'b.pdf', '--p12', 'a', '--password', 'b', '--rect', '1,2,3,4']],
    ['page 0', ['sign', 'a.pdf', 'b.pdf', '--p12', 'a', '--password', 'b', '--rect', '0,1,1,50,50']],
    [
      'an unknown certification',
      ['sign', 'a.pdf', 'b.pdf', '--p12', 'a', '--password', 'b', '--certify', '4'],
    ],
    ['renew without TSA', ['renew', 'a.pdf', 'b.pdf']],
    ['portal without port', ['portal', '--data', 'd']],
    ['a port that is none', ['portal', '--data', 'd', '--port', '70000']],
    ['pkcs11 without list', ['pkcs11']],
  ])('%s', async (_name, args) => {
    const outcome = await desk(...args)
    expect([outcome.code, outcome.output]).toEqual([2, ''])
    expect(outcome.messages).toContain('使い方')
  })
})

test('desk renew adds an archive timestamp that pdfsig and qpdf accept', async () => {
  await sign('town.pdf', '--level', 't', '--tsa', office.trust.tsaUrl)
  const trust = ['--tsa', office.trust.tsaUrl, '--trust', office.path('root.pem'), '--json']
  await new Promise((resolve) => setTimeout(resolve, 1_100))
  const outcome = await desk('renew', office.path('town.pdf'), office.path('renewed.pdf'), ...trust)
  expect([outcome.code, outcome.messages]).toEqual([0, ''])
  expect(JSON.parse(outcome.output)).toMatchObject({ output: office.path('renewed.pdf'), missing: [] })
  expect(await appendsTo('town.pdf', 'renewed.pdf')).toBe(true)
  if (hasJudge('qpdf')) expect(askJudge('qpdf', ['--check', office.path('renewed.pdf')]).code).toBe(0)
})

test('help is Japanese and exit 0', async () => {
  for (const args of [['--help'], ['sign', '--help'], ['portal', '--help']])
    expect(await desk(...args)).toMatchObject({
      code: 0,
      messages: '',
      output: expect.stringContaining('使い方'),
    })
})
