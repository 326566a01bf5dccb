/** The contractor without a browser: opens a mailed link over HTTP exactly as the page does, and answers. */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { DocumentId, EpochMs, Sha256Hex } from '../../shared/model/brand.ts'
import { deriveLinkKeys, type LinkKeys } from '../../shared/portal-api/keys.ts'
import { type PortalLink, parsePortalLink } from '../../shared/portal-api/link.ts'
import type { PortalManifest } from '../../shared/portal-api/manifest.ts'
import { openChunk, openManifest } from '../../shared/portal-api/package-sealing.ts'
import { toBase64Url } from '../../shared/portal-api/platform.ts'
import type { PortalConsent, PortalRefusal, ShownDocument } from '../../shared/portal-api/response.ts'
import { sealResponse } from '../../shared/portal-api/response-sealing.ts'
import {
  CLIENT_HEADER,
  PortalOpened,
  PortalPublicStatus,
  PortalReceipt,
  PortalRefusalBody,
  READ_TOKEN_HEADER,
} from '../../shared/portal-api/wire.ts'

/** The portal said no, as it would to the page. */
export class PortalSaysNo extends Error {
  readonly code: string
  readonly failuresLeft: number | undefined
  constructor(code: string, failuresLeft?: number) {
    super(`The portal refused: ${code}`)
    this.code = code
    this.failuresLeft = failuresLeft
  }
}

export type ContractorRobot = {
  readonly manifest: PortalManifest
  /** Fetches, decrypts and hashes every document, and tells the portal that each was seen. */
  readonly read: () => Promise<ReadonlyMap<DocumentId, Buffer>>
  readonly consent: (change?: Partial<PortalConsent>) => Promise<z.output<typeof PortalReceipt>>
  readonly decline: (reason: string) => Promise<z.output<typeof PortalReceipt>>
  /** Sends the sealed bytes of the last answer once more. */
  readonly answerAgain: () => Promise<z.output<typeof PortalReceipt>>
}

export type OpenOptions = { readonly accessCode?: string; readonly now?: () => EpochMs }

/** What anybody with the address may know. */
export async function linkStatus(url: string): Promise<z.output<typeof PortalPublicStatus>> {
  const { post } = await pageOf(url)
  return post('/status', PortalPublicStatus)
}

/** @throws PortalSaysNo */
export async function openLink(url: string, options: OpenOptions = {}): Promise<ContractorRobot> {
  const { link, post, postForBytes, setToken } = await pageOf(url)
  const now = options.now ?? (() => Date.now() as EpochMs)
  const keys: LinkKeys = await deriveLinkKeys(link, options.accessCode ?? '')
  setToken(toBase64Url(keys.readToken))
  await post('/status', PortalPublicStatus)
  const { manifest: sealed } = await post('/open', PortalOpened)
  const manifest = await openManifest(link, keys.contentKey, sealed)
  const openedAt = now()
  let shown: ShownDocument[] = []
  let last: Uint8Array | undefined
  const answer = async (bytes: Uint8Array) => {
    last = bytes
    return post('/response', PortalReceipt, bytes)
  }
  const read = async () => {
    const files = new Map<DocumentId, Buffer>()
    shown = []
    for (const document of manifest.documents) {
      const chunkCount = Math.max(1, Math.ceil(document.sizeBytes / manifest.chunkBytes))
      const parts: Uint8Array[] = []
      for (let index = 0; index < chunkCount; index += 1) {
        const place = { linkId: link.linkId, documentId: document.id, index, chunkCount }
        const bytes = await postForBytes(`/documents/${document.id}/chunks/${index}`)
        parts.push(await openChunk(keys.contentKey, place, bytes))
      }
      const plain = Buffer.concat(parts)
      files.set(document.id, plain)
      await post('/seen', z.unknown(), JSON.stringify({ documentId: document.id }))
      shown.push({
        id: document.id,
        role: document.role,
        title: document.title,
        sha256: createHash('sha256').update(plain).digest('hex') as Sha256Hex,
        firstShownAt: now(),
        lastPageSeen: document.pages,
      })
    }
    return files
  }
  const common = () => ({
    version: 1 as const,
    packageId: manifest.packageId,
    linkId: manifest.linkId,
    openedAt,
    answeredAt: now(),
    documents: shown,
  })
  return {
    manifest,
    read,
    consent: async (change = {}) => {
      if (shown.length === 0) await read()
      const { company, position, name } = manifest.signer
      const response: PortalConsent = {
        ...common(),
        kind: 'consent',
        statement: manifest.consentStatement,
        confirmedName: `${company} ${position} ${name}`,
        ...change,
      }
      return answer(await sealResponse(manifest, response))
    },
    decline: async (reason) => {
      const response: PortalRefusal = { ...common(), kind: 'refusal', reason }
      return answer(await sealResponse(manifest, response))
    },
    answerAgain: async () => {
      if (last === undefined) throw new Error('Nothing was answered yet')
      return answer(last)
    },
  }
}

/** Opens, reads everything, consents. */
export async function consentTo(url: string, options: OpenOptions = {}): Promise<void> {
  const robot = await openLink(url, options)
  await robot.read()
  await robot.consent()
}

async function pageOf(url: string) {
  const { origin, pathname, hash } = new URL(url)
  const link: PortalLink = await parsePortalLink(pathname, hash)
  let token: string | undefined
  const ask = async (path: string, body: string | Uint8Array): Promise<Response> => {
    const answer = await fetch(`${origin}/api/links/${link.linkId}${path}`, {
      method: 'POST',
      body: typeof body === 'string' ? body : Uint8Array.from(body),
      headers: { [CLIENT_HEADER]: '1', ...(token === undefined ? {} : { [READ_TOKEN_HEADER]: token }) },
    })
    if (answer.ok) return answer
    const refusal = PortalRefusalBody.parse(await answer.json())
    throw new PortalSaysNo(refusal.code, refusal.failuresLeft)
  }
  return {
    link,
    setToken: (value: string) => {
      token = value
    },
    post: async <Schema extends z.ZodType>(
      path: string,
      schema: Schema,
      body: string | Uint8Array = '{}',
    ): Promise<z.output<Schema>> => schema.parse(await (await ask(path, body)).json()),
    postForBytes: async (path: string) => new Uint8Array(await (await ask(path, '{}')).arrayBuffer()),
  }
}
