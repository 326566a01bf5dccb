import { beforeEach, describe, expect, it } from 'vitest'
import { openPkcs11 } from '../../../electron/core/signing/keys/pkcs11.ts'
import { localTimestampAuthority } from '../../../electron/core/signing/local/local-services.ts'
import type { BulkProgress } from '../../../electron/core/signing/run-bulk.ts'
import { type BulkFile, renewBulk, signBulk } from '../../../electron/core/signing/sign-bulk.ts'
import { verifyPdf } from '../../../electron/core/signing/verify/verify-pdf.ts'
import { plainPdf } from '../../support/plain-pdf.ts'
import { codeOf, joined, type SigningWorld, signingWorld, sourceOf } from '../../support/signing-world.ts'
import { makeSoftToken, SOFTHSM_MODULE } from '../../support/soft-token.ts'

let world: SigningWorld
beforeEach(async () => {
  world = await signingWorld()
})

/** Files in memory; `closed` counts sources given back. */
function makeFiles(contents: readonly Uint8Array[]) {
  const stored = [...contents]
  const counts = { closed: 0 }
  const files: BulkFile[] = stored.map((_, index) => ({
    id: `case-${index}`,
    open: async () => ({ ...sourceOf(stored[index] ?? new Uint8Array()), close: () => counts.closed++ }),
    save: async (appended) => {
      stored[index] = joined(stored[index] ?? new Uint8Array(), appended)
    },
  }))
  return { files, stored, counts }
}

const pdfs = (count: number) =>
  Array.from({ length: count }, (_, index) => plainPdf(5000, `Contract ${index}`))

describe('a batch', () => {
  it('takes many files to B-LTA with one key, asking the responder a few times only', async () => {
    const { files, stored, counts } = makeFiles(pdfs(25))
    const progress: BulkProgress[] = []
    let asked = 0
    const revocation = {
      ...world.validation.revocation,
      ocsp: (...args: Parameters<typeof world.validation.revocation.ocsp>) => {
        asked++
        return world.validation.revocation.ocsp(...args)
      },
    }
    const control = { onProgress: (entry: BulkProgress) => progress.push(entry) }
    const signed = await signBulk(
      files,
      { key: world.town, clock: world.clock, timestampAuthority: world.timestamps },
      control,
    )
    world.clock.advance(1000)
    const renewed = await renewBulk(
      files,
      { validation: { ...world.validation, revocation }, authority: world.timestamps },
      control,
    )
    expect([...signed, ...renewed].every((outcome) => outcome.status === 'done')).toBe(true)
    expect([progress.at(-1), counts.closed, asked <= 12]).toEqual([
      { stage: 'renew', done: 25, failed: 0, total: 25 },
      50,
      true,
    ])
    const reports = await Promise.all(
      stored.map((bytes) =>
        verifyPdf(sourceOf(bytes), { anchors: world.validation.anchors, at: new Date(world.clock.now()) }),
      ),
    )
    expect(new Set(reports.map((report) => `${report.verdict} ${report.signatures[0]?.level}`))).toEqual(
      new Set(['valid B-LTA']),
    )
  })

  it('goes on after a bad file, which keeps its bytes and gets its own code', async () => {
    const bad = Buffer.from('not a PDF')
    const { files, stored } = makeFiles([...pdfs(2), bad, ...pdfs(2)])
    const outcomes = await signBulk(files, { key: world.town, clock: world.clock })
    expect(outcomes.map((outcome) => outcome.code ?? outcome.status)).toEqual([
      'done',
      'done',
      'NOT_A_PDF',
      'done',
      'done',
    ])
    expect(stored[2]).toEqual(bad)
  })

  it('stops at a dead authority instead of asking it for every file', async () => {
    const { files, stored } = makeFiles(pdfs(40))
    const before = [...stored]
    const timestampAuthority = localTimestampAuthority(world.authority, world.clock, 'refuse')
    const outcomes = await signBulk(
      files,
      { key: world.town, clock: world.clock, timestampAuthority },
      { concurrency: 2 },
    )
    const count = (status: string) => outcomes.filter((outcome) => outcome.status === status).length
    expect([count('failed') <= 2, count('not-started') >= 38, count('done')]).toEqual([true, true, 0])
    expect(stored).toEqual(before)
  })

  it('can be cancelled: what is under way is finished, the rest is not started', async () => {
    const { files } = makeFiles(pdfs(40))
    const controller = new AbortController()
    const onProgress = ({ done }: BulkProgress) => {
      if (done === 5) controller.abort()
    }
    const outcomes = await signBulk(
      files,
      { key: world.town, clock: world.clock },
      { signal: controller.signal, onProgress, concurrency: 2 },
    )
    const done = outcomes.filter((outcome) => outcome.status === 'done').length
    expect([done >= 5 && done <= 7, outcomes.length, outcomes.at(-1)?.status]).toEqual([
      true,
      40,
      'not-started',
    ])
  })

  it('says until when to wait for files signed in this very second', async () => {
    const { files } = makeFiles(pdfs(1))
    await signBulk(files, { key: world.town, clock: world.clock, timestampAuthority: world.timestamps })
    const [early] = await renewBulk(files, { validation: world.validation, authority: world.timestamps })
    expect(early).toEqual({ id: 'case-0', status: 'waiting', waitUntilMs: world.clock.now() + 1000 })
  })
})

describe.skipIf(SOFTHSM_MODULE === undefined)('a batch with a key on a token', () => {
  it('needs one PIN for all files, and tells a wrong one before any file is touched', async () => {
    const token = makeSoftToken(
      [{ label: 'town', id: '01', issued: world.authority().town }],
      [world.authority().intermediate.certificate],
    )
    const open = (pin: string) =>
      openPkcs11({ modulePath: token.modulePath, tokenLabel: token.label, pin, keyLabel: 'town' })
    try {
      expect(await codeOf(() => open('0000'))).toBe('TOKEN_PIN_WRONG')
      const key = await open(token.pin)
      const { files, stored } = makeFiles(pdfs(20))
      const outcomes = await signBulk(files, {
        key,
        clock: world.clock,
        timestampAuthority: world.timestamps,
      })
      expect(outcomes.every((outcome) => outcome.status === 'done')).toBe(true)
      const at = new Date(world.clock.now())
      const reports = await Promise.all(
        stored.map((bytes) => verifyPdf(sourceOf(bytes), { anchors: world.validation.anchors, at })),
      )
      expect(new Set(reports.map((report) => report.verdict))).toEqual(new Set(['valid']))
      key.wipe()
    } finally {
      token.remove()
    }
  })
})
