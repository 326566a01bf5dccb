/**
 * Which test holds which of the rules L1–L31 of the product: read from the titles of the tests.
 * `node test/checks/requirements.ts` writes test/requirements.md anew; a unit test compares.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'

const ROOT = resolve(import.meta.dirname, '../..')
const FOLDERS = ['unit', 'integration', 'conformance', 'e2e']

/** The rules in one line each, as the product names them. */
export const RULES: Readonly<Record<number, string>> = {
  1: 'One changed byte in a signed range → 改変あり, naming the revision',
  2: 'Nothing is sealed without a stored consent over exactly the bytes shown',
  3: 'Every signature carries signer name, mail address and consent time',
  4: '締結済 is unreachable until every required signature verifies',
  5: 'The counterparty needs no certificate and no account',
  6: 'Each key records its owner; a witness key of a contracting party raises a warning',
  7: 'A mailed URL and a mailed code are one factor; a case can demand two',
  8: 'No text claims 電子署名法3条',
  9: 'SHA-256 or better, RSA ≥ 2048 or P-256 and up; weak PKCS#12 is refused or read with a message',
  10: 'The TSA is matched against the list of 総務大臣認定 services',
  11: 'Search by 取引年月日, 取引金額, 取引先, each alone, with ranges and 和暦',
  12: 'AND of any keys; a blank amount is searchable',
  13: '訂正削除履歴 of every change, searchable and printable',
  14: 'ダウンロードの求め: PDFs and CSV of a span in one action',
  15: 'Bulk verification of all timestamps in a span',
  16: 'Timestamp within 2 months and 7 business days of receipt, else an alarm',
  17: 'システム概要書 and 操作説明書 are in the app',
  18: 'Display and print in order',
  19: 'Council vote: thresholds, 仮契約 → 議決 → 本契約',
  20: '少額随契 limits before and since 2025-04-01',
  21: 'Works need the stored 承諾 dated before sending',
  22: 'Retention classes, counted from 1 April after completion',
  23: 'No deletion before expiry, under hold, or by one person alone',
  24: 'Evidence outlives retention, or a renewal is scheduled',
  25: 'Stamp duty 第2号 本則',
  26: 'Stamp duty of construction works, reduced to 2027-03-31; increase and decrease of amendments',
  27: 'Outbound connections only, listed, each can be switched off',
  28: 'Everything encrypted at rest, the key not beside the data',
  29: 'Hash-chained log; a failed log stops the action',
  30: 'JIS X 8341-3 AA for all pages',
  31: '法人番号 check digit',
}

export type Found = { readonly rule: number; readonly file: string; readonly title: string }

/** Every title, and every row of a table of cases, that names a rule. */
export function findRuleTests(): readonly Found[] {
  return FOLDERS.flatMap((folder) => testFiles(join(ROOT, 'test', folder))).flatMap((path) => {
    const titles = readFileSync(path, 'utf8').matchAll(
      /(['"`])((?:(?!\1)[^\\\n]|\\.)*\bL\d{1,2}\b(?:(?!\1)[^\\\n]|\\.)*)\1/g,
    )
    return [...titles].flatMap(([, , title = '']) =>
      [...title.matchAll(/\bL(\d{1,2})\b/g)].flatMap(([, number = '0']) =>
        Number(number) in RULES ? [{ rule: Number(number), file: relative(ROOT, path), title }] : [],
      ),
    )
  })
}

function testFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(
      (entry) => entry.isFile() && /\.test\.tsx?$/.test(entry.name) && entry.name !== 'requirements.test.ts',
    )
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
}

/** The table of test/requirements.md. */
export function requirementsText(found: readonly Found[]): string {
  const rows = Object.entries(RULES).map(([number, rule]) => {
    const tests = found
      .filter((one) => one.rule === Number(number))
      .map(({ file, title }) => `${title.replaceAll('|', '\\|')} — \`${file.replace(/^test\//, '')}\``)
    return `| L${number} | ${rule} | ${[...new Set(tests)].join('<br>')} |`
  })
  return [
    '# Rules and their tests',
    '',
    'Made by `node test/checks/requirements.ts` from the titles of the tests; a unit test fails when it is not up to date or when a',
    'rule has no test.',
    '',
    '| rule | what must hold | tests |',
    '|---|---|---|',
    ...rows,
    '',
  ].join('\n')
}

if (import.meta.main) writeFileSync(join(ROOT, 'test/requirements.md'), requirementsText(findRuleTests()))
