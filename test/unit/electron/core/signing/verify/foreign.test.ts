import { createHash, sign } from 'node:crypto'
import { PDF, type Signer } from '@libpdf/core'
import { beforeAll, describe, expect, it } from 'vitest'
import { memorySource } from '../../../../../../electron/core/kit/byte-source.ts'
import { fieldsOf, readNode } from '../../../../../../electron/core/signing/cms/der-reader.ts'
import { octetString } from '../../../../../../electron/core/signing/cms/der-writer.ts'
import { testSigningKey } from '../../../../../../electron/core/signing/local/test-authority.ts'
import { verifyPdf } from '../../../../../../electron/core/signing/verify/verify-pdf.ts'
import { objectText, stream, updatePdf } from '../../../../../support/mutate-pdf.ts'
import { hasJudge } from '../../../../../support/outside-judges.ts'
import { contractForm, FORM } from '../../../../../support/verify/contract-form.ts'
import { opensslCms, type RawSignature, rawSign } from '../../../../../support/verify/raw-sign.ts'
import { type SampleMaker, sampleMaker } from '../../../../../support/verify/signed-samples.ts'

let maker: SampleMaker

beforeAll(async () => {
  maker = await sampleMaker('rsa-2048')
})

async function verify(pdf: Uint8Array) {
  const report = await verifyPdf(memorySource(pdf), {
    anchors: maker.anchors,
    at: new Date(maker.clock.now()),
  })
  return { verdict: report.verdict, report, signatures: report.signatures }
}

function signer() {
  const { town, intermediate } = maker.authority()
  return { certificate: town.certificate, chain: [intermediate.certificate], key: town.privateKey }
}

function signWith(subFilter: string, contents: RawSignature['contents'], more = '', pdf = contractForm()) {
  return rawSign(pdf, { subFilter, contents, more, form: FORM.acroForm, page: FORM.firstPage })
}

/** The same CMS with its three outer layers in BER of indefinite length. */
function asIndefinite(der: Uint8Array): Uint8Array {
  const [type, wrapper] = fieldsOf(readNode(der))
  const inner = readNode(wrapper?.content ?? new Uint8Array()).content
  const end = Buffer.alloc(6)
  return Buffer.concat([
    Buffer.from('3080', 'hex'),
    type?.raw ?? end,
    Buffer.from('a0803080', 'hex'),
    inner,
    end,
  ])
}

async function libpdfSign(bytes: Uint8Array): Promise<Uint8Array> {
  const key = testSigningKey(maker.authority(), maker.authority().town)
  const peer: Signer = {
    certificate: key.certificate,
    certificateChain: [...key.chain],
    keyType: 'RSA',
    signatureAlgorithm: 'RSASSA-PKCS1-v1_5',
    sign: (data) => key.sign(data),
  }
  const pdf = await PDF.load(bytes)
  return (await pdf.sign({ signer: peer, level: 'B-B' })).bytes
}

describe('signatures of other programs', () => {
  it('accepts a signature of @libpdf/core, and ours over it', async () => {
    const theirs = await libpdfSign(maker.plain())
    expect((await verify(theirs)).signatures[0]).toMatchObject({
      integrity: 'intact',
      trust: 'trusted',
      coverage: 'whole-file',
    })
    const both = await verify(await maker.sign(theirs, { level: 't' }))
    expect(both.verdict).toBe('valid-with-permitted-changes')
  })

  it('accepts a signature of @libpdf/core over ours', async () => {
    const both = await verify(await libpdfSign(await maker.sign(maker.plain())))
    expect(both.signatures.map((one) => [one.integrity, one.changesAfter.permitted])).toEqual([
      ['intact', true],
      ['intact', true],
    ])
  })

  it.skipIf(!hasJudge('openssl'))(
    'accepts adbe.pkcs7.detached with and without signed attributes',
    async () => {
      for (const option of [[], ['-noattr'], ['-md', 'sha512'], ['-keyopt', 'rsa_padding_mode:pss']]) {
        const pdf = signWith('adbe.pkcs7.detached', (data) => opensslCms(data, signer(), option))
        expect((await verify(pdf)).signatures[0]).toMatchObject({
          verdict: 'valid',
          level: 'none',
          trust: 'trusted',
        })
      }
    },
  )

  it.skipIf(!hasJudge('openssl'))(
    'accepts a CAdES signature of openssl as B-B but for its signing time',
    async () => {
      const pdf = signWith('ETSI.CAdES.detached', (data) => opensslCms(data, signer(), ['-cades']))
      const judged = await verify(pdf)
      expect(judged.signatures[0]).toMatchObject({ verdict: 'valid', level: 'none' })
      expect(judged.signatures[0]?.reasons.map((one) => one.code)).toContain('NOTE_CMS_SIGNING_TIME')
    },
  )

  it.skipIf(!hasJudge('openssl'))(
    'does not take a CAdES signature without its certificate reference for the signer’s',
    async () => {
      const pdf = signWith('ETSI.CAdES.detached', (data) => opensslCms(data, signer(), []))
      expect((await verify(pdf)).signatures[0]).toMatchObject({
        verdict: 'unknown-signer',
        trust: 'unusable',
      })
    },
  )

  it.skipIf(!hasJudge('openssl'))('accepts BER of indefinite length with a note', async () => {
    const pdf = signWith('adbe.pkcs7.detached', (data) => asIndefinite(opensslCms(data, signer(), [])))
    const judged = await verify(pdf)
    expect(judged.verdict).toBe('valid')
    expect(judged.signatures[0]?.reasons.map((one) => one.code)).toContain('NOTE_CMS_NOT_DER')
  })

  it.skipIf(!hasJudge('openssl'))(
    'explains the old SHA-1 formats: intact, but no longer good enough',
    async () => {
      const sha1 = (data: Uint8Array) => createHash('sha1').update(data).digest()
      const old = signWith('adbe.pkcs7.sha1', (data) => opensslCms(sha1(data), signer(), ['-nodetach']))
      const judged = await verify(old)
      expect(judged.signatures[0]).toMatchObject({
        verdict: 'unknown-signer',
        integrity: 'intact',
        trust: 'unusable',
      })
      expect(judged.signatures[0]?.reasons.map((one) => one.code)).toContain('ALGORITHM_WEAK')
      const { certificate, chain } = signer()
      const certs = [certificate, ...chain].map((der) => `<${Buffer.from(der).toString('hex')}>`).join(' ')
      const plain = signWith(
        'adbe.x509.rsa_sha1',
        (data) => octetString(sign('sha1', data, signer().key)),
        `/Cert [${certs}]`,
      )
      expect((await verify(plain)).signatures[0]).toMatchObject({ integrity: 'intact', trust: 'unusable' })
    },
  )

  it.skipIf(!hasJudge('openssl'))('calls a CMS over other bytes broken, whatever its format', async () => {
    const other = Buffer.from('other bytes')
    const forged = [
      signWith('adbe.pkcs7.detached', () => opensslCms(other, signer(), [])),
      signWith('adbe.pkcs7.detached', () => opensslCms(other, signer(), ['-noattr'])),
      signWith('adbe.pkcs7.detached', () => opensslCms(other, signer(), ['-nodetach'])),
      signWith('adbe.pkcs7.sha1', () =>
        opensslCms(createHash('sha1').update(other).digest(), signer(), ['-nodetach']),
      ),
      signWith('ETSI.RFC3161', () => opensslCms(other, signer(), [])),
    ]
    for (const pdf of forged) expect((await verify(pdf)).verdict).toBe('broken')
  })

  it('lists a signature of an unknown format and does not drop it', async () => {
    const pdf = signWith('Example.Unknown', () => Buffer.from([1, 2, 3]))
    const judged = await verify(pdf)
    expect(judged.verdict).toBe('unreadable')
    expect(judged.signatures[0]).toMatchObject({ subFilter: 'Example.Unknown', verdict: 'unreadable' })
    expect(judged.signatures[0]?.reasons.map((one) => one.code)).toContain('SUBFILTER_UNKNOWN')
  })

  it('survives garbage where the CMS should be', async () => {
    for (const contents of [
      Buffer.alloc(0),
      Buffer.from([0x30]),
      Buffer.from('3080308030803080', 'hex'),
      Buffer.alloc(500, 0x30),
    ]) {
      const judged = await verify(signWith('ETSI.CAdES.detached', () => contents))
      expect(judged.verdict).toBe('broken')
    }
  })

  it('does not count a signature inside an attached file', async () => {
    const attached = Buffer.from(await maker.sign(maker.plain())).toString('latin1')
    const base = updatePdf(contractForm(), {
      50: stream(attached, '/Type /EmbeddedFile'),
      51: '<< /EF << /F 50 0 R >> >>',
    })
    expect((await verify(base)).verdict).toBe('unsigned')
    expect((await verify(await maker.sign(base))).verdict).toBe('valid')
  })

  it('judges every page format the same: form in the catalog, lists in objects of their own', async () => {
    const form = objectText(contractForm(), FORM.acroForm)
    const fields = /\[[^\]]*\]/.exec(form)?.[0] ?? '[]'
    const base = updatePdf(contractForm(), {
      [FORM.catalog]: objectText(contractForm(), FORM.catalog).replace(
        '8 0 R',
        form.replace(fields, '60 0 R'),
      ),
      60: fields,
      61: '[9 0 R 10 0 R 11 0 R 12 0 R 17 0 R]',
      [FORM.firstPage]: objectText(contractForm(), FORM.firstPage).replace(
        /\/Annots \[[^\]]*\]/,
        '/Annots 61 0 R',
      ),
    })
    const twice = await maker.sign(await maker.sign(base), { by: 'witness', level: 'lta' })
    expect((await verify(twice)).verdict).toBe('valid-with-permitted-changes')
  })
})
