/** A running portal with a folder of its own, the office's client for it, and a signer's browser in miniature. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sha256Hex } from '../../electron/core/kit/bytes.ts'
import { newSecret } from '../../electron/core/kit/ids.ts'
import {
  createOfficePortalClient,
  type OfficePortalClient,
} from '../../electron/core/portal/office-client.ts'
import {
  type PortalServer,
  type PortalServerOptions,
  startPortalServer,
} from '../../electron/core/portal/server.ts'
import type { EpochMs } from '../../shared/model/brand.ts'
import { deriveLinkKeys, type LinkKeys } from '../../shared/portal-api/keys.ts'
import type { PortalLink } from '../../shared/portal-api/link.ts'
import type { PortalManifest } from '../../shared/portal-api/manifest.ts'
import { openManifest } from '../../shared/portal-api/package-sealing.ts'
import { toBase64Url } from '../../shared/portal-api/platform.ts'
import type { PortalConsent } from '../../shared/portal-api/response.ts'
import { CLIENT_HEADER, PortalOpened, READ_TOKEN_HEADER } from '../../shared/portal-api/wire.ts'
import type { TestPackage } from './portal-package.ts'

export type RunningPortal = {
  readonly dataDir: string
  readonly url: string
  readonly officeToken: string
  readonly office: OfficePortalClient
  readonly server: PortalServer
  readonly restart: (change?: Partial<PortalServerOptions>) => Promise<RunningPortal>
  readonly close: () => Promise<void>
}

export async function runPortal(
  options: Partial<PortalServerOptions> = {},
  officeToken = newSecret(),
): Promise<RunningPortal> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'keiyaku-portal-')))
  const server = await startPortalServer({
    port: 0,
    officeToken: { sha256: sha256Hex(officeToken) },
    ...options,
    dataDir,
  })
  return {
    dataDir,
    url: server.url,
    officeToken,
    server,
    office: createOfficePortalClient({ url: server.url, officeToken }),
    restart: async (change = {}) => {
      await server.close()
      return runPortal({ ...options, ...change, dataDir }, officeToken)
    },
    close: async () => {
      await server.close()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

/** Uploads and publishes a package; throws unless it is open afterwards. */
export async function publish(portal: RunningPortal, made: TestPackage): Promise<void> {
  const put = await portal.office.putPackage(made.sealed.record, made.sealedChunk)
  if (!put.ok) throw new Error(put.error.code)
}

export type MiniBrowser = {
  readonly keys: LinkKeys
  readonly post: (
    path: string,
    body?: Uint8Array | string,
    headers?: Record<string, string>,
  ) => Promise<Response>
  readonly open: () => Promise<PortalManifest>
}

export async function miniBrowser(url: string, link: PortalLink, accessCode = ''): Promise<MiniBrowser> {
  const keys = await deriveLinkKeys(link, accessCode)
  const post: MiniBrowser['post'] = (path, body = '{}', headers = {}) =>
    fetch(`${url}/api/links/${link.linkId}${path}`, {
      method: 'POST',
      body: body as string,
      headers: { [CLIENT_HEADER]: '1', [READ_TOKEN_HEADER]: toBase64Url(keys.readToken), ...headers },
    })
  return {
    keys,
    post,
    open: async () => {
      const response = await post('/open')
      if (response.status !== 200) throw new Error(`open: ${response.status} ${await response.text()}`)
      return openManifest(link, keys.contentKey, PortalOpened.parse(await response.json()).manifest)
    },
  }
}

export function consentTo(manifest: PortalManifest, now = Date.now()): PortalConsent {
  return {
    version: 1,
    kind: 'consent',
    packageId: manifest.packageId,
    linkId: manifest.linkId,
    openedAt: now as EpochMs,
    answeredAt: now as EpochMs,
    statement: manifest.consentStatement,
    confirmedName: `${manifest.signer.company} ${manifest.signer.position} ${manifest.signer.name}`,
    documents: manifest.documents.map(({ id, role, title, sha256, pages }) => ({
      id,
      role,
      title,
      sha256,
      firstShownAt: now as EpochMs,
      lastPageSeen: pages,
    })),
  }
}
