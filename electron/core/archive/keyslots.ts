/**
 * The slot file `keyslots.json`: who can open the archive, like the header of an encrypted disk.
 *
 * A slot has a key pair (X25519). Its private half is encrypted under the person's secret; the master key is encrypted
 * to its public half. So the master key can be rotated without anybody else's password, and somebody who knew the
 * old master key learns nothing about the new one. The whole content carries a MAC under the master key, so nobody
 * without it can add or swap a slot. Wrong attempts are counted beside the MAC (they are written before anybody is in).
 * It protects against a stolen folder, not against somebody who already holds the master key.
 *
 * [Note: one change at a time] Every change reads the file, changes it and writes it whole. Two of them at once would
 * undo one another: a wrong password being counted would bring back a slot just removed. So changes queue up (`update`),
 * and only the process that holds the archive's lock makes any.
 */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { EpochMs } from '../../../shared/model/brand.ts'
import { sha256Hex } from '../kit/bytes.ts'
import type { Clock } from '../kit/clock.ts'
import { writeFileDurably } from '../kit/durable-file.ts'
import { newId } from '../kit/ids.ts'
import { ArchiveError, diskError } from './errors.ts'
import { headerMac, type MasterKey, masterKeyFrom, newMasterKey } from './master-key.ts'
import {
  makeSlotKeys,
  type SlotSecret,
  SlotSecretParameters,
  sealToPublicKey,
  unsealMasterKey,
} from './slot-crypto.ts'

const Slot = z.object({
  id: z.string(),
  kind: z.enum(['password', 'recovery', 'keychain']),
  /** Whose slot: a user id, the number of a recovery sheet, the name of a PC. Ids only, no person's name. */
  label: z.string(),
  createdAtEpochMs: z.number(),
  /** How the person's secret becomes a key, and the private half under that key. */
  secret: SlotSecretParameters,
  publicKey: z.string(),
  /** The master key sealed to `publicKey`. */
  sealedMasterKey: z.string(),
})
type Slot = z.output<typeof Slot>

const Content = z.object({ generation: z.number().int().positive(), slots: z.array(Slot) })
const SlotFile = z.object({
  format: z.literal('keiyaku-desk-keyslots/1'),
  content: Content,
  mac: z.string(),
  /** While a rotation runs: the content that will replace `content`, and its MAC. */
  next: z.object({ content: Content, mac: z.string() }).nullable(),
  /** After a rotation, until the old generation's key is gone from the header of every file. */
  oldKeyInFiles: z.boolean().default(false),
  failures: z.record(z.string(), z.object({ count: z.number().int(), lastAtEpochMs: z.number() })),
})
type SlotFile = z.output<typeof SlotFile>

export type SlotInfo = Pick<Slot, 'id' | 'kind' | 'label' | 'createdAtEpochMs'>

/** What a slot is made with. `label` names the slot among those of its kind (user id, sheet number, PC). */
export type SlotKey = { readonly label: string; readonly secret: SlotSecret }

/** What a slot is opened with. A person has a sheet's code, not its number: null = any slot of this kind. */
export type OpeningKey = { readonly label: string | null; readonly secret: SlotSecret }

/** First wrong attempts are free; then each one doubles the wait, up to an hour. */
const FREE_ATTEMPTS = 5
const FIRST_WAIT_MS = 5_000
const LONGEST_WAIT_MS = 3_600_000

/** Label of a staff member's password slot: a digest, so that the open slot file names nobody. */
export function loginLabel(loginName: string): string {
  const plain = loginName.normalize('NFKC').trim().toLowerCase()
  return sha256Hex(`keiyaku-desk login ${plain}`).slice(0, 32)
}

export function keyslotsPath(folder: string): string {
  return join(folder, 'keyslots.json')
}

/** A new master key and the slots that will open it; `save` writes the file that makes the folder an archive. */
export type NewKeyslots = {
  readonly master: MasterKey
  /** @throws ArchiveError 'ARCHIVE_EXISTS' | 'DISK_FULL' | 'DISK_FAILED' */
  readonly save: (folder: string) => Promise<void>
}

export async function newKeyslots(keys: readonly SlotKey[], clock: Clock): Promise<NewKeyslots> {
  const master = newMasterKey(1)
  const slots = await Promise.all(keys.map((key) => makeSlot(key, master, clock.now())))
  const content = { generation: 1, slots }
  const mac = headerMac(master, JSON.stringify(content))
  return {
    master,
    save: async (folder) => {
      if (existsSync(keyslotsPath(folder))) throw new ArchiveError('ARCHIVE_EXISTS', 'keyslots.json exists')
      await save(folder, {
        ...{ format: 'keiyaku-desk-keyslots/1', content, mac },
        ...{ next: null, oldKeyInFiles: false, failures: {} },
      })
    },
  }
}

/** Makes a new slot file with one slot and a new master key. @throws as `NewKeyslots.save` */
export async function createKeyslots(folder: string, first: SlotKey, clock: Clock): Promise<MasterKey> {
  const made = await newKeyslots([first], clock)
  await made.save(folder)
  return made.master
}

/**
 * Opens the archive's master key with one person's secret.
 * Wrong attempts are counted per slot on disk; after five the slot answers only after a growing wait.
 * @throws ArchiveError 'ARCHIVE_NOT_FOUND' | 'KEYSLOTS_DAMAGED' | 'WRONG_SECRET' | 'TOO_MANY_ATTEMPTS'
 */
export async function openKeyslots(folder: string, key: OpeningKey, clock: Clock): Promise<MasterKey> {
  const file = await load(folder)
  const attemptId = attemptOf(key)
  refuseTooEarly(file, attemptId, clock.now())
  const slots = matchingSlots(file.content.slots, key)
  for (const slot of slots) {
    const bytes = await unseal(slot, key.secret)
    if (bytes === undefined) continue
    const master = masterKeyFrom(bytes, file.content.generation)
    bytes.fill(0)
    requireMac(file, master)
    if (file.failures[attemptId] !== undefined)
      await update(folder, (current) => withoutFailures(current, attemptId))
    return master
  }
  // Unknown labels are not counted on disk: they would let anybody grow the file.
  if (slots.length > 0) await update(folder, (current) => withFailure(current, attemptId, clock.now()))
  throw new ArchiveError('WRONG_SECRET', 'No slot opens with this secret')
}

/** The slots without their secrets, for the administrator's list. */
export async function listKeyslots(folder: string): Promise<readonly SlotInfo[]> {
  const { content } = await load(folder)
  return content.slots.map(({ id, kind, label, createdAtEpochMs }) => ({ id, kind, label, createdAtEpochMs }))
}

/**
 * Adds a slot; the caller holds the master key. A password slot of the same label makes way: nobody has two passwords.
 * Returns the slot's id. @throws ArchiveError 'ROTATION_RUNNING' | 'DISK_FULL' | 'DISK_FAILED', as all changes below
 */
export async function addKeyslot(
  folder: string,
  master: MasterKey,
  key: SlotKey,
  clock: Clock,
): Promise<string> {
  const slot = await makeSlot(key, master, clock.now())
  await update(folder, (file) => {
    requireChangeable(file, master)
    const replaced = key.secret.kind === 'password' ? matchingSlots(file.content.slots, key) : []
    return withSlots(file, [...file.content.slots.filter((each) => !replaced.includes(each)), slot], master)
  })
  return slot.id
}

/**
 * Gives a password slot a new password (the person's own wish, or an administrator's reset). Old secret not needed:
 * the caller holds the master key. The slot gets a new key pair, so an old copy of the file opens only with the old one.
 * @throws ArchiveError 'SLOT_NOT_FOUND'
 */
export async function changeKeyslot(
  folder: string,
  master: MasterKey,
  key: SlotKey,
  clock: Clock,
): Promise<void> {
  const slot = await makeSlot(key, master, clock.now())
  await update(folder, (file) => {
    requireChangeable(file, master)
    const old = matchingSlots(file.content.slots, key)
    if (old.length === 0) throw new ArchiveError('SLOT_NOT_FOUND', 'No slot of this kind and label')
    const slots = [...file.content.slots.filter((each) => !old.includes(each)), slot]
    return withoutFailures(withSlots(file, slots, master), attemptOf(key))
  })
}

/**
 * Removes every slot of one kind and label (a user who left, a lost recovery sheet, a retired PC).
 * @throws ArchiveError 'SLOT_NOT_FOUND' | 'LAST_SLOT' (nobody could open the archive any more)
 */
export async function removeKeyslot(
  folder: string,
  master: MasterKey,
  kind: Slot['kind'],
  label: string,
): Promise<void> {
  await update(folder, (file) => {
    requireChangeable(file, master)
    const slots = file.content.slots.filter((slot) => slot.kind !== kind || slot.label !== label)
    if (slots.length === file.content.slots.length)
      throw new ArchiveError('SLOT_NOT_FOUND', 'No slot of this kind and label')
    if (!slots.some((slot) => slot.kind !== 'keychain'))
      throw new ArchiveError('LAST_SLOT', 'The last password or recovery slot cannot be removed')
    return withSlots(file, slots, master)
  })
}

/**
 * First half of a rotation: a new master key is sealed into every slot and stored beside the old one.
 * The archive then re-keys its database and file headers, and calls `finishRotation`.
 * A rotation cut off in between is found by `pendingRotation` and done again.
 */
export async function beginRotation(folder: string, master: MasterKey): Promise<MasterKey> {
  const next = newMasterKey(master.generation + 1)
  await update(folder, (file) => {
    requireChangeable(file, master)
    const slots = file.content.slots.map((slot) => ({ ...slot, sealedMasterKey: sealMaster(slot, next) }))
    const content = { generation: next.generation, slots }
    return { ...file, next: { content, mac: headerMac(next, JSON.stringify(content)) } }
  })
  return next
}

/** Gives up a rotation before the database took the new key: the old content goes on alone. */
export async function abandonRotation(folder: string, master: MasterKey): Promise<void> {
  await update(folder, (file) => {
    requireMac(file, master)
    return { ...file, next: null }
  })
}

/** The new master key of a rotation that did not finish, opened with the same secret; undefined when none is pending. */
export async function pendingRotation(folder: string, key: OpeningKey): Promise<MasterKey | undefined> {
  const file = await load(folder)
  if (file.next === null) return undefined
  for (const slot of matchingSlots(file.next.content.slots, key)) {
    const bytes = await unseal(slot, key.secret)
    if (bytes === undefined) continue
    const master = masterKeyFrom(bytes, file.next.content.generation)
    bytes.fill(0)
    if (headerMac(master, JSON.stringify(file.next.content)) !== file.next.mac)
      throw new ArchiveError('KEYSLOTS_DAMAGED', 'MAC of the pending rotation does not match')
    return master
  }
  throw new ArchiveError('WRONG_SECRET', 'No slot of the pending rotation opens with this secret')
}

/** Second half: the new content replaces the old one. What the old master key still opens is told by `isOldKeyInFiles`. */
export async function finishRotation(folder: string): Promise<void> {
  await update(folder, (file) => {
    if (file.next === null) return file
    const { content, mac } = file.next
    return { ...file, content, mac, next: null, oldKeyInFiles: true }
  })
}

/** Whether a rotation ended before the old key was gone from every file. */
export async function isOldKeyInFiles(folder: string): Promise<boolean> {
  return (await load(folder)).oldKeyInFiles
}

/** The old master key opens nothing any more. */
export async function noteOldKeyGone(folder: string): Promise<void> {
  await update(folder, (file) => (file.oldKeyInFiles ? { ...file, oldKeyInFiles: false } : file))
}

async function makeSlot(key: SlotKey, master: MasterKey, now: EpochMs): Promise<Slot> {
  const { publicKey, secret } = await makeSlotKeys(key.secret)
  return {
    id: newId(),
    kind: key.secret.kind,
    label: key.label,
    createdAtEpochMs: now,
    secret,
    publicKey,
    sealedMasterKey: sealMaster({ publicKey }, master),
  }
}

function sealMaster(slot: Pick<Slot, 'publicKey'>, master: MasterKey): string {
  return master.lend((bytes) => sealToPublicKey(slot.publicKey, bytes))
}

/** Undefined when the secret does not fit. @throws ArchiveError 'RECOVERY_CODE_MISTYPED' | 'KEYSLOTS_DAMAGED' (no key can be read) */
async function unseal(slot: Slot, secret: SlotSecret): Promise<Buffer | undefined> {
  try {
    return await unsealMasterKey(slot, secret)
  } catch (error) {
    if (error instanceof ArchiveError) throw error
    throw new ArchiveError('KEYSLOTS_DAMAGED', 'A slot holds no readable key', { cause: error })
  }
}

/** A keychain or recovery slot may exist several times under one label; a password slot once. */
function matchingSlots(slots: readonly Slot[], key: OpeningKey): readonly Slot[] {
  return slots.filter(
    (slot) => slot.kind === key.secret.kind && (key.label === null || slot.label === key.label),
  )
}

/** Under which name wrong attempts are counted. */
function attemptOf(key: OpeningKey): string {
  return `${key.secret.kind}:${key.label ?? '*'}`
}

function withSlots(file: SlotFile, slots: Slot[], master: MasterKey): SlotFile {
  const content = { ...file.content, slots }
  return { ...file, content, mac: headerMac(master, JSON.stringify(content)) }
}

function refuseTooEarly(file: SlotFile, attemptId: string, now: EpochMs): void {
  const failure = file.failures[attemptId]
  if (failure === undefined || failure.count < FREE_ATTEMPTS) return
  const waitMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (failure.count - FREE_ATTEMPTS))
  const retryAtEpochMs = failure.lastAtEpochMs + waitMs
  // A clock set back must not lock a person out for longer than the wait itself.
  if (now < retryAtEpochMs && now >= failure.lastAtEpochMs)
    throw new ArchiveError('TOO_MANY_ATTEMPTS', 'Too many wrong attempts', { data: { retryAtEpochMs } })
}

function withFailure(file: SlotFile, attemptId: string, now: EpochMs): SlotFile {
  const count = 1 + (file.failures[attemptId]?.count ?? 0)
  return { ...file, failures: { ...file.failures, [attemptId]: { count, lastAtEpochMs: now } } }
}

function withoutFailures(file: SlotFile, attemptId: string): SlotFile {
  return {
    ...file,
    failures: Object.fromEntries(Object.entries(file.failures).filter(([id]) => id !== attemptId)),
  }
}

function requireMac(file: SlotFile, master: MasterKey): void {
  if (headerMac(master, JSON.stringify(file.content)) !== file.mac)
    throw new ArchiveError('KEYSLOTS_DAMAGED', 'MAC of the slot file does not match')
}

/** A change while a rotation runs would be lost with it. */
function requireChangeable(file: SlotFile, master: MasterKey): void {
  requireMac(file, master)
  if (file.next !== null)
    throw new ArchiveError('ROTATION_RUNNING', 'A rotation of the master key is not finished')
}

/** Changes of one folder wait here for one another. */
const queues = new Map<string, Promise<void>>()

function update(folder: string, change: (file: SlotFile) => SlotFile): Promise<void> {
  const apply = async (): Promise<void> => {
    const before = await load(folder)
    const after = change(before)
    if (after !== before) await save(folder, after)
  }
  const done = (queues.get(folder) ?? Promise.resolve()).then(apply)
  const settled = done.then(
    () => undefined,
    () => undefined, // Told to the one who asked for it; the next change does not depend on it.
  )
  queues.set(folder, settled)
  void settled.then(() => {
    if (queues.get(folder) === settled) queues.delete(folder)
  })
  return done
}

async function load(folder: string): Promise<SlotFile> {
  const path = keyslotsPath(folder)
  if (!existsSync(path)) throw new ArchiveError('ARCHIVE_NOT_FOUND', 'No keyslots.json')
  try {
    return SlotFile.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch (error) {
    throw new ArchiveError('KEYSLOTS_DAMAGED', 'keyslots.json is not readable', { cause: error })
  }
}

async function save(folder: string, file: SlotFile): Promise<void> {
  try {
    await writeFileDurably(keyslotsPath(folder), Buffer.from(`${JSON.stringify(file, null, 1)}\n`))
  } catch (error) {
    throw diskError(error)
  }
}
