/**
 * The portal's folder, one folder per link:
 * `links/<linkId>/link.json` (state, no contents) · `manifest.bin` · `<documentId>.<index>.bin` (ciphertext).
 * Every file is written durably; names come from ids that passed their schema, so no request reaches another folder.
 */
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { DocumentId } from '../../../shared/model/brand.ts'
import { EpochMs, Sha256Hex } from '../../../shared/model/brand.ts'
import type { PortalLinkId } from '../../../shared/portal-api/link.ts'
import { PortalLinkState, PortalPackageRecord } from '../../../shared/portal-api/wire.ts'
import { syncFolder, writeFileDurably } from '../kit/durable-file.ts'
import { PortalStartError } from './errors.ts'

/** What is remembered of a link; stays after its ciphertext is gone. */
export const StoredLink = PortalPackageRecord.omit({ manifest: true }).extend({
  version: z.literal(1),
  recordSha256: Sha256Hex,
  state: PortalLinkState,
  failures: z.number().int().min(0),
  locked: z.boolean(),
  createdAt: EpochMs,
  /** When it left the state open. */
  closedAt: EpochMs.nullable(),
  answer: z.object({ receivedAt: EpochMs, sealedSha256: Sha256Hex }).nullable(),
})
export type StoredLink = z.output<typeof StoredLink>

export type LinkFiles = {
  readonly loadAll: () => Promise<StoredLink[]>
  readonly save: (link: StoredLink) => Promise<void>
  readonly writeManifest: (linkId: PortalLinkId, sealed: string) => Promise<void>
  readonly readManifest: (linkId: PortalLinkId) => Promise<string>
  readonly writeChunk: (place: ChunkName, sealed: Uint8Array) => Promise<void>
  readonly readChunk: (place: ChunkName) => Promise<Uint8Array>
  readonly chunkIndexes: (linkId: PortalLinkId, documentId: DocumentId) => Promise<ReadonlySet<number>>
  /** Deletes manifest and documents, keeps link.json. */
  readonly deleteCiphertext: (linkId: PortalLinkId) => Promise<void>
  readonly deleteAll: (linkId: PortalLinkId) => Promise<void>
}

export type ChunkName = {
  readonly linkId: PortalLinkId
  readonly documentId: DocumentId
  readonly index: number
}

export async function openLinkFiles(dataDir: string): Promise<LinkFiles> {
  const root = join(dataDir, 'links')
  await mkdir(root, { recursive: true, mode: 0o700 })
  const folderOf = (linkId: PortalLinkId): string => join(root, linkId)
  const chunkPath = (place: ChunkName): string =>
    join(folderOf(place.linkId), `${place.documentId}.${place.index}.bin`)
  return {
    loadAll: async () => {
      const links: StoredLink[] = []
      for (const name of await readdir(root)) {
        await dropTornFiles(join(root, name))
        const link = await load(join(root, name, 'link.json'))
        // A folder without link.json: a crash came before the link was registered; nobody was told of it.
        if (link === undefined) await rm(join(root, name), { recursive: true, force: true })
        else links.push(link)
      }
      return links
    },
    save: async (link) => {
      const folder = folderOf(link.linkId)
      await makeFolder(root, folder)
      await writeFileDurably(join(folder, 'link.json'), Buffer.from(JSON.stringify(link)))
    },
    writeManifest: async (linkId, sealed) => {
      const folder = folderOf(linkId)
      await makeFolder(root, folder)
      await writeFileDurably(join(folder, 'manifest.bin'), Buffer.from(sealed, 'base64url'))
    },
    readManifest: async (linkId) =>
      (await readFile(join(folderOf(linkId), 'manifest.bin'))).toString('base64url'),
    writeChunk: (place, sealed) => writeFileDurably(chunkPath(place), sealed),
    readChunk: (place) => readFile(chunkPath(place)),
    chunkIndexes: async (linkId, documentId) => {
      const prefix = `${documentId}.`
      const names = await readdir(folderOf(linkId))
      return new Set(
        names
          .filter((name) => name.startsWith(prefix) && name.endsWith('.bin'))
          .map((name) => Number(name.slice(prefix.length, -'.bin'.length))),
      )
    },
    deleteCiphertext: async (linkId) => {
      const folder = folderOf(linkId)
      const sealed = (await readdir(folder)).filter((name) => name !== 'link.json')
      await Promise.all(sealed.map((name) => rm(join(folder, name), { force: true })))
    },
    deleteAll: async (linkId) => {
      await rm(folderOf(linkId), { recursive: true, force: true })
      await syncFolder(root)
    },
  }
}

async function makeFolder(root: string, folder: string): Promise<void> {
  const known = await stat(folder).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false
      throw error
    },
  )
  if (known) return
  await mkdir(folder, { mode: 0o700 })
  await syncFolder(root)
}

/** What a crash left of `writeFileDurably`. */
async function dropTornFiles(folder: string): Promise<void> {
  const torn = (await readdir(folder)).filter((name) => name.startsWith('.') && name.endsWith('.tmp'))
  await Promise.all(torn.map((name) => rm(join(folder, name), { force: true })))
}

async function load(path: string): Promise<StoredLink | undefined> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
  try {
    return StoredLink.parse(JSON.parse(text))
  } catch (error) {
    throw new PortalStartError('LINK_FILE_DAMAGED', path, { cause: error })
  }
}
