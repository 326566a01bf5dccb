/** A portal on a disk without room: nobody is told of what is not stored, and nothing of it stands in the way later. */
import { mkdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { sealResponse } from '../../../shared/portal-api/response-sealing.ts'
import { consentTo, miniBrowser, publish, type RunningPortal, runPortal } from '../../support/portal.ts'
import { makeTestPackage, type TestPackage } from '../../support/portal-package.ts'
import { canMount, mountSmallDisk, type SmallDisk } from '../../support/small-disk.ts'

const PAGE_BYTES = 4096

describe.skipIf(!canMount)('a full disk of the portal', () => {
  let disk: SmallDisk
  let portal: RunningPortal
  beforeEach(async () => {
    disk = mountSmallDisk(8)
    const dataDir = join(disk.folder, 'portal')
    await mkdir(dataDir)
    portal = await runPortal({ dataDir })
  })
  afterEach(async () => {
    await portal.close()
    disk.remove()
  })

  const eventBytes = async () => (await stat(join(portal.dataDir, 'events', 'events.log'))).size
  const contractorOf = async (made: TestPackage, reason?: string) => {
    await publish(portal, made)
    const browser = await miniBrowser(portal.url, made.link)
    const manifest = await browser.open()
    const { statement: _, confirmedName: __, ...facts } = consentTo(manifest)
    const answer = reason === undefined ? consentTo(manifest) : { ...facts, kind: 'refusal' as const, reason }
    const sealed = await sealResponse(manifest, answer)
    const send = async () => {
      const response = await (await miniBrowser(portal.url, made.link)).post('/response', sealed)
      return response.status === 200 ? 200 : ((await response.json()) as { code: string }).code
    }
    return { send, lineBytes: Math.ceil((sealed.length * 4) / 3) + 300 }
  }
  const answersTold = async () => {
    const page = await portal.office.pullEvents()
    if (!page.ok) throw new Error(page.error.code)
    const last = page.value.events.at(-1)
    if (last !== undefined) await portal.office.acknowledge(page.value.logId, last.seq)
    return page.value.events.filter(({ kind }) => kind === 'response').map(({ linkId }) => linkId)
  }
  const stateOf = async (made: TestPackage) => {
    const status = await portal.office.linkStatus(made.link.linkId)
    return status.ok ? status.value.state : status.error.code
  }

  test.each([
    ['half of an answer', true, '理'.repeat(2000)],
    ['an answer but not for what belongs to it', false, undefined],
  ])('with room for %s loses no other answer, and takes this one later', async (...given) => {
    const [, isTooLong, reason] = given
    const [first, second] = [await makeTestPackage(), await makeTestPackage()]
    const firstAnswer = await contractorOf(first, reason)
    const secondAnswer = await contractorOf(second)
    const before = await eventBytes()
    expect(firstAnswer.lineBytes > PAGE_BYTES - (before % PAGE_BYTES)).toBe(isTooLong)
    disk.fill()
    expect(await firstAnswer.send()).toBe('STORAGE_FULL')
    expect(await eventBytes()).toBe(before)
    disk.clear()
    expect(await secondAnswer.send()).toBe(200)
    expect(await answersTold()).toEqual([second.link.linkId])
    portal = await portal.restart()
    expect([await stateOf(first), await stateOf(second)]).toEqual(['open', 'answered'])
    expect(await firstAnswer.send()).toBe(200)
    expect(await answersTold()).toEqual([first.link.linkId])
  })
})
