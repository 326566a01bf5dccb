/** Our OCSP, CRL and RFC 3161 against OpenSSL's, in both directions. */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseCertificate } from '../../../electron/core/signing/cms/certificate.ts'
import { makeCrl } from '../../../electron/core/signing/local/answer-revocation.ts'
import { answerTimestamp } from '../../../electron/core/signing/local/answer-timestamp.ts'
import {
  certificatePem,
  revoke,
  rootPem,
  timestampingKey,
} from '../../../electron/core/signing/local/test-authority.ts'
import { buildOcspRequest } from '../../../electron/core/signing/revocation/ocsp.ts'
import { readOcspAnswer } from '../../../electron/core/signing/revocation/revocation-answer.ts'
import { httpTimestampAuthority } from '../../../electron/core/signing/timestamp/http-timestamp-authority.ts'
import { parseTimestampToken } from '../../../electron/core/signing/timestamp/parse-timestamp-token.ts'
import { buildTimestampRequest } from '../../../electron/core/signing/timestamp/timestamp-protocol.ts'
import { askJudge, hasJudge } from '../../support/outside-judges.ts'
import { type SigningWorld, signingWorld } from '../../support/signing-world.ts'

let world: SigningWorld
let folder: string
const path = (name: string) => join(folder, name)
const openssl = (...args: string[]) => askJudge('openssl', args)

beforeAll(async () => {
  world = await signingWorld(new Date().toISOString()) // OpenSSL's TSA takes the machine's time
  folder = mkdtempSync(join(tmpdir(), 'trust-'))
  const { intermediate, town, witness, timestamping } = world.authority()
  writeFileSync(path('root.pem'), rootPem(world.authority()))
  writeFileSync(path('intermediate.pem'), certificatePem(intermediate.certificate))
  writeFileSync(path('town.pem'), certificatePem(town.certificate))
  writeFileSync(path('witness.pem'), certificatePem(witness.certificate))
  writeFileSync(path('tsa.pem'), certificatePem(timestamping.certificate))
  writeFileSync(path('tsa.key'), timestamping.privateKey.export({ format: 'pem', type: 'pkcs8' }))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe.skipIf(!hasJudge('openssl'))('certificates of the test authority', () => {
  it.each([
    ['town.pem', 'any'],
    ['witness.pem', 'any'],
    ['tsa.pem', 'timestampsign'],
  ])('%s: OpenSSL finds the chain right under strict X.509 rules', (name, purpose) => {
    const { output } = openssl(
      ...['verify', '-x509_strict', '-purpose', purpose, '-CAfile', path('root.pem')],
      ...[
        '-untrusted',
        path('intermediate.pem'),
        '-attime',
        `${Math.floor(world.clock.now() / 1000)}`,
        path(name),
      ],
    )
    expect(output.trim()).toBe(`${path(name)}: OK`)
  })
})

describe.skipIf(!hasJudge('openssl'))('revocation data', () => {
  it('OpenSSL reads our OCSP request, and our answer satisfies it', async () => {
    const { town, intermediate } = world.authority()
    const certificate = parseCertificate(town.certificate)
    const issuer = parseCertificate(intermediate.certificate)
    writeFileSync(path('req.der'), buildOcspRequest(certificate, issuer, Buffer.alloc(16, 7)))
    expect(openssl('ocsp', '-reqin', path('req.der'), '-req_text').output).toContain(
      `Serial Number: ${certificate.serial}`,
    )
    const answer = await world.validation.revocation.ocsp(town.certificate, intermediate.certificate)
    writeFileSync(path('resp.der'), answer ?? new Uint8Array())
    const { output } = openssl(
      ...[
        'ocsp',
        '-respin',
        path('resp.der'),
        '-issuer',
        path('intermediate.pem'),
        '-cert',
        path('town.pem'),
      ],
      ...[
        '-CAfile',
        path('root.pem'),
        '-verify_other',
        path('intermediate.pem'),
        '-no_nonce',
        '-validity_period',
        '100000000',
      ],
      ...['-attime', `${Math.floor(world.clock.now() / 1000)}`],
    )
    expect(output).toContain('Response verify OK')
    expect(output).toContain(`${path('town.pem')}: good`)
  })

  it('OpenSSL accepts our CRL and sees who is revoked', async () => {
    const other = await signingWorld()
    const { intermediate, town } = other.authority()
    revoke(other.authority(), town.certificate, { revokedAtMs: other.clock.now() - 1000, reason: 1 })
    writeFileSync(path('list.crl'), await makeCrl(other.authority(), 'intermediate', other.clock.now()))
    writeFileSync(path('ca.pem'), certificatePem(intermediate.certificate))
    const { output } = openssl(
      'crl',
      '-inform',
      'DER',
      '-in',
      path('list.crl'),
      '-CAfile',
      path('ca.pem'),
      '-noout',
      '-text',
    )
    expect(output).toContain('verify OK')
    expect(output).toContain(parseCertificate(town.certificate).serial)
    expect(output).toContain('Key Compromise')
  })

  it('we read the answer of the OpenSSL responder', () => {
    const { town, intermediate } = world.authority()
    const certificate = parseCertificate(town.certificate)
    const issuer = parseCertificate(intermediate.certificate)
    writeFileSync(path('index.txt'), `V\t350101000000Z\t\t${certificate.serial}\tunknown\t/CN=town\n`)
    writeFileSync(path('intermediate.key'), intermediate.privateKey.export({ format: 'pem', type: 'pkcs8' }))
    writeFileSync(path('req2.der'), buildOcspRequest(certificate, issuer))
    const { code, output } = openssl(
      ...[
        'ocsp',
        '-index',
        path('index.txt'),
        '-CA',
        path('intermediate.pem'),
        '-rsigner',
        path('intermediate.pem'),
      ],
      ...[
        '-rkey',
        path('intermediate.key'),
        '-reqin',
        path('req2.der'),
        '-respout',
        path('resp2.der'),
        '-ndays',
        '1',
      ],
    )
    expect(code, output).toBe(0)
    const answer = readOcspAnswer(Uint8Array.from(readFileSync(path('resp2.der'))), certificate, issuer)
    expect([answer?.revokedAtMs, answer?.signer.fingerprint]).toEqual([undefined, issuer.fingerprint])
  })
})

describe.skipIf(!hasJudge('openssl'))('timestamps', () => {
  it('OpenSSL reads our request and accepts our answer to it', async () => {
    const request = buildTimestampRequest(createHash('sha384').update('契約書').digest(), 'SHA-384')
    writeFileSync(path('query.tsq'), request.der)
    expect(openssl('ts', '-query', '-in', path('query.tsq'), '-text').output).toContain(
      'Hash Algorithm: sha384',
    )
    writeFileSync(
      path('reply.tsr'),
      await answerTimestamp(request.der, timestampingKey(world.authority()), world.clock.now()),
    )
    const { output } = openssl(
      ...[
        'ts',
        '-verify',
        '-queryfile',
        path('query.tsq'),
        '-in',
        path('reply.tsr'),
        '-CAfile',
        path('root.pem'),
      ],
      ...['-attime', `${Math.floor(world.clock.now() / 1000)}`],
    )
    expect(output).toContain('Verification: OK')
  })

  it('we accept the answer of a TSA run by OpenSSL over HTTP', async () => {
    const server = await opensslTsa()
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
    const digest = createHash('sha256').update('契約書').digest()
    const token = parseTimestampToken(await httpTimestampAuthority({ url }).stamp(digest, 'SHA-256'))
    expect([
      token.info.hash,
      token.info.accuracyMs,
      Math.abs(token.info.timeMs - Date.now()) < 60_000,
    ]).toEqual(['SHA-256', 1500, true])
    server.close()
  })
})

/** `openssl ts -reply` behind a few lines of HTTP: a TSA that is not ours. */
async function opensslTsa(): Promise<Server> {
  writeFileSync(path('serial'), '01\n')
  writeFileSync(
    path('tsa.cnf'),
    `[tsa]\ndefault_tsa = t\n[t]\nserial = ${path('serial')}\nsigner_cert = ${path('tsa.pem')}\nsigner_key = ${path('tsa.key')}\ncerts = ${path('intermediate.pem')}\nsigner_digest = sha256\ndefault_policy = 1.3.6.1.4.1.32473.1\ndigests = sha256, sha384, sha512\naccuracy = secs:1, millisecs:500\nordering = no\ntsa_name = yes\ness_cert_id_chain = no\ness_cert_id_alg = sha256\n`,
  )
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      writeFileSync(path('in.tsq'), Buffer.concat(chunks))
      execFileSync(
        'openssl',
        ['ts', '-reply', '-config', path('tsa.cnf'), '-queryfile', path('in.tsq'), '-out', path('out.tsr')],
        { stdio: 'pipe' },
      )
      response.end(readFileSync(path('out.tsr')))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}
