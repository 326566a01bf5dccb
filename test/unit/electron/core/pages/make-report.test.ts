import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { makeCompletionCertificate } from '../../../../../electron/core/pages/completion-certificate.ts'
import { extractText } from '../../../../../electron/core/pages/extract-text.ts'
import { breakLines } from '../../../../../electron/core/pages/line-breaking.ts'
import { makeReport } from '../../../../../electron/core/pages/make-report.ts'
import { copyCover, makeDisposalCertificate } from '../../../../../electron/core/pages/office-papers.ts'
import { makeRecoverySheet } from '../../../../../electron/core/pages/recovery-sheet.ts'
import { makeVerificationReport } from '../../../../../electron/core/pages/verification-report.ts'
import type { EpochMs, Sha256Hex } from '../../../../../shared/model/brand.ts'
import type { VerificationReport } from '../../../../../shared/model/verification.ts'
import { askJudge, hasJudge } from '../../../../support/outside-judges.ts'
import { sampleCertificate } from '../../../../support/pages/sample-certificate.ts'

const at = Date.parse('2026-04-01T15:00:00+09:00') as EpochMs
const sha256 = 'ab01'.repeat(16) as Sha256Hex

const verified: VerificationReport = {
  verdict: 'valid',
  problems: [],
  signatures: [
    {
      field: '署名1',
      kind: 'signature',
      subFilter: 'ETSI.CAdES.detached',
      level: 'B-LTA',
      signer: { commonName: '扶桑町長', organization: '扶桑町' },
      algorithm: 'RSA-2048/SHA-256',
      claimedAt: '2026-04-01T06:00:00Z',
      timestamp: { time: '2026-04-01T06:00:00Z', authority: '時刻認証局', trusted: true, accredited: true },
      integrity: 'intact',
      trust: 'trusted',
      revocation: 'good',
      coverage: 'whole-file',
      revision: 1,
      revisions: 1,
      changesAfter: { level: 'none', permitted: true, items: [] },
      verdict: 'valid',
      reasons: [],
      claims: { name: null, reason: null, location: null, contactInfo: null },
      signedSizeBytes: 1,
      evidenceUntil: null,
    },
  ],
}

async function textOf(bytes: Uint8Array): Promise<string> {
  const result = await extractText(bytes)
  if (!result.ok) throw new Error(result.error.code)
  return result.value.pages.join('\n')
}

function saved(bytes: Uint8Array): string {
  const path = join(mkdtempSync(join(tmpdir(), 'report-')), 'report.pdf')
  writeFileSync(path, bytes)
  return path
}

describe('makeCompletionCertificate', () => {
  it('prints every fact of documents, signers and events, over several pages with numbers', async () => {
    const data = sampleCertificate(3, 60)
    const made = await makeCompletionCertificate(data)
    const text = (await textOf(made.bytes)).replace(/\s/g, '')
    const facts = [
      ...data.documents.flatMap((document) => [document.title, document.fileName, document.shownSha256]),
      ...data.signers.flatMap((signer) => [
        signer.name,
        signer.mailAddress,
        signer.ipAddress,
        signer.userAgent,
        signer.consentStatement,
      ]),
      ...data.events.map((event) => event.text),
      '令和8年4月1日13:20:07（2026-04-01T13:20:07+09:00）',
      '立会人型（契約印タイプ）',
      '当事者型（実印タイプ）',
      '非認定',
      `1/${made.pageCount}`,
      `${made.pageCount}/${made.pageCount}`,
    ]
    for (const fact of facts) expect(text).toContain(fact.replace(/\s/g, ''))
    expect(made.missingCharacters).toEqual([])
    expect(made.pageCount).toBeGreaterThan(3)
    expect(made.bytes.length).toBeLessThan(400_000)
  })

  it('says on every page that it is a test while a test part was used, and not otherwise', async () => {
    const test = await makeCompletionCertificate(sampleCertificate(2, 60))
    const pages = await extractText(test.bytes)
    expect(pages.ok && pages.value.pages.filter((page) => page.includes('テスト用')).length).toBe(
      test.pageCount,
    )
    const { signers, ...rest } = sampleCertificate()
    const real = await makeCompletionCertificate({
      ...rest,
      test: false,
      signers: signers.map((signer) => ({ ...signer, certificate: null, timestamp: null })),
    })
    expect(await textOf(real.bytes)).not.toContain('テスト用')
  })

  it.skipIf(!hasJudge('qpdf'))('is sound for qpdf and carries the same facts as JSON inside', async () => {
    const data = sampleCertificate()
    const path = saved((await makeCompletionCertificate(data)).bytes)
    expect(askJudge('qpdf', ['--check', path])).toMatchObject({ code: 0 })
    const shown = askJudge('qpdf', ['--show-attachment=completion-certificate.json', path]).output
    expect(JSON.parse(shown)).toEqual({ format: 'keiyaku-desk/completion-certificate/1', ...data })
  })

  it('gives the same bytes for the same facts', async () => {
    const [first, second] = [
      await makeCompletionCertificate(sampleCertificate()),
      await makeCompletionCertificate(sampleCertificate()),
    ]
    expect(Buffer.from(first.bytes).equals(Buffer.from(second.bytes))).toBe(true)
  })
})

describe('makeReport', () => {
  const base = { title: '試験', footer: '扶桑町', author: '扶桑町', createdAt: at }

  it('prints what the font lacks as 〓 with its code and reports it', async () => {
    const made = await makeReport({ ...base, blocks: [{ type: 'paragraph', text: '花子😀' }] })
    expect(made.missingCharacters).toEqual(['😀'])
    expect(await textOf(made.bytes)).toContain('花子〓(U+1F600)')
  })

  it('carries rare characters as text: 髙 﨑 𠮷 ㈱ 邉 ㊞', async () => {
    // \ufa19 is the old form of 神, which NFC would replace. (〜 and ～ share a glyph: extracted as the first.)
    const words = '髙橋 山﨑 𠮷田 ㈱ 渡邉 ㊞ ①Ⅲ 〜 鷗 葛 \ufa19谷'
    const made = await makeReport({ ...base, blocks: [{ type: 'paragraph', text: words }] })
    expect(made.missingCharacters).toEqual([])
    expect((await textOf(made.bytes)).replace(/\s/g, '')).toContain(words.replace(/\s/g, ''))
  })

  it('cuts a table row taller than a page and loses nothing', async () => {
    const lines = Array.from({ length: 200 }, (_value, index) => `行${index}番`)
    const made = await makeReport({
      ...base,
      blocks: [{ type: 'table', columns: [{ label: '内容', share: 1 }], rows: [[lines.join('\n')]] }],
    })
    const text = await textOf(made.bytes)
    for (const line of lines) expect(text).toContain(line)
    expect(made.pageCount).toBeGreaterThan(2)
  })

  it('makes an empty table and an empty report without failing', async () => {
    const made = await makeReport({
      ...base,
      blocks: [{ type: 'table', columns: [{ label: '内容', share: 1 }], rows: [] }],
    })
    expect(made.pageCount).toBe(1)
  })
})

describe('the other papers', () => {
  it('prints the recovery code on the sheet and keeps it out of the metadata', async () => {
    const codeGroups = ['ABCD', 'EFGH', 'JKMN', 'PQRS', 'TVWX']
    const made = await makeRecoverySheet({ townName: '扶桑町', archiveId: 'a1', createdAt: at, codeGroups })
    const text = await textOf(made.bytes)
    for (const group of codeGroups) expect(text).toContain(group)
    const raw = Buffer.from(made.bytes).toString('latin1')
    expect(raw).not.toMatch(/ABCD|EFGH/)
  })

  it('calls every printed contract a copy, and says what was verified of every document, or why its pages are missing', async () => {
    const document = {
      title: '契約書',
      sha256,
      pages: 3,
      missingBecause: '',
      verified: { report: verified, at },
    }
    const made = await makeReport(
      copyCover({
        townName: '扶桑町',
        title: '町道工事',
        facts: [['相手方', '㈱𠮷髙建設']],
        printedAt: at,
        printedBy: '髙橋 花子',
        documents: [
          document,
          {
            ...document,
            title: '図面',
            pages: null,
            missingBecause: 'ファイルが壊れています',
            verified: null,
          },
        ],
      }),
    )
    const text = (await textOf(made.bytes)).replace(/\s/g, '')
    expect(made.missingCharacters).toEqual([])
    for (const fact of [
      '原本ではありません',
      '㈱𠮷髙建設',
      '3頁',
      sha256,
      '署名は有効です。署名の後に変更はありません。',
      '扶桑町長/扶桑町',
      '令和8年4月1日（2026年）15:00:00',
      '時刻認証局（総務大臣認定）',
      'ファイルが壊れています',
    ])
      expect(text).toContain(fact.replace(/\s/g, ''))
  })

  it('names both people and every hash in a disposal certificate', async () => {
    const made = await makeDisposalCertificate({
      townName: '扶桑町',
      number: '廃-1',
      disposedAt: at,
      approvedBy: '管理 二郎',
      items: [
        {
          contractNumber: '工-1',
          title: '町道工事',
          counterparty: '㈱𠮷髙建設',
          contractDate: '令和2年4月1日',
          retention: '5年',
          completedOn: '令和3年3月31日',
          retentionEnd: '令和8年3月31日',
          requestedBy: '記録 一郎',
          requestedAt: at,
          basis: '保存期間の満了',
          files: [{ name: '契約書.pdf', sizeBytes: 1234, sha256 }],
        },
      ],
    })
    const text = (await textOf(made.bytes)).replace(/\s/g, '')
    for (const fact of ['記録一郎', '管理二郎', '保存期間の満了', sha256, '令和8年3月31日'])
      expect(text).toContain(fact)
  })

  it('prints a bad verdict as plainly as a good one', async () => {
    const made = await makeVerificationReport({
      townName: '扶桑町',
      verifiedAt: at,
      verifiedBy: '監査 三郎',
      files: [
        {
          fileName: '契約書.pdf',
          sha256,
          report: {
            verdict: 'broken',
            signatures: [],
            problems: [{ code: 'BYTE_RANGE_ORPHAN', text: '署名欄に結び付かない署名があります。' }],
          },
        },
      ],
    })
    const text = await textOf(made.bytes)
    expect(text).toContain('改変あり')
    expect(text).toContain('署名欄に結び付かない署名があります。')
  })
})

describe('breakLines', () => {
  const lines = (text: string, letters: number) =>
    breakLines(text, letters, (part) => Array.from(part).length)

  it('starts no line with a closing mark and ends none with an opening mark', () => {
    expect(lines('契約書を確認、署名', 6)).toEqual(['契約書を確', '認、署名'])
    expect(lines('甲は「乙」と契約', 3)).toEqual(['甲は', '「乙」', 'と契約'])
    // \uff08 \uff09: full-width parentheses.
    expect(lines('契約日\uff08甲\uff09締結', 4)).toEqual(['契約日', '\uff08甲\uff09締', '結'])
  })

  it('keeps western words whole unless a word is wider than the line', () => {
    expect(lines('印 SHA-256 値', 8)).toEqual(['印', 'SHA-256', '値'])
    expect(lines('abcdefghij', 4).join('')).toBe('abcdefghij')
  })

  it('keeps letters outside the BMP and variation selectors in one piece', () => {
    expect(
      breakLines('𠮷𠮷辻\u{e0100}', 1, (part) => Array.from(part.replace(/\u{e0100}/gu, '')).length),
    ).toEqual(['𠮷', '𠮷', '辻\u{e0100}'])
  })
})
