import { useCallback, useEffect, useRef, useState } from 'react'
import type { EpochMs } from '../../shared/model/brand.ts'
import { PortalProtocolError } from '../../shared/portal-api/errors.ts'
import { deriveLinkKeys, type LinkKeys } from '../../shared/portal-api/keys.ts'
import { normalizeAccessCode, type PortalLink, parsePortalLink } from '../../shared/portal-api/link.ts'
import type { PortalContact, PortalManifest } from '../../shared/portal-api/manifest.ts'
import { openManifest, openNotice } from '../../shared/portal-api/package-sealing.ts'
import { hasWebCrypto } from '../../shared/portal-api/platform.ts'
import type { PortalReceipt } from '../../shared/portal-api/wire.ts'
import { deadReasonOf, deadReasonOfStatus } from './dead-reason.ts'
import { type DeadReason, portalText } from './ja.ts'
import { createPortalClient, type PortalClient } from './portal-client.ts'

/** An opened package and what is needed to read its documents and to answer. Lives in memory only. */
export type PortalSession = {
  readonly link: PortalLink
  readonly keys: LinkKeys
  readonly client: PortalClient
  readonly manifest: PortalManifest
  readonly openedAt: EpochMs
}

export type PortalScreen =
  | { readonly kind: 'loading' }
  | { readonly kind: 'dead'; readonly reason: DeadReason; readonly receivedAt?: EpochMs | undefined }
  | { readonly kind: 'code'; readonly error: string | undefined; readonly isChecking: boolean }
  | { readonly kind: 'review' | 'download'; readonly session: PortalSession }
  | {
      readonly kind: 'done'
      readonly answer: 'consent' | 'refusal'
      readonly receipt: PortalReceipt
      readonly manifest: PortalManifest
    }

export type Portal = {
  readonly screen: PortalScreen
  readonly contact: PortalContact | undefined
  readonly submitCode: (code: string) => void
  readonly retry: () => void
  readonly onAnswered: (answer: 'consent' | 'refusal', receipt: PortalReceipt) => void
  readonly onDead: (reason: DeadReason) => void
}

export function usePortal(): Portal {
  const [screen, setScreen] = useState<PortalScreen>({ kind: 'loading' })
  const [contact, setContact] = useState<PortalContact>()
  const [attempt, setAttempt] = useState(0)
  const linkRef = useRef<PortalLink>(undefined)
  const onDead = useCallback((reason: DeadReason) => setScreen({ kind: 'dead', reason }), [])

  const openWith = useCallback(async (link: PortalLink, code: string): Promise<PortalScreen> => {
    const keys = await deriveLinkKeys(link, code)
    const client = createPortalClient(link, keys.readToken)
    const opened = await client.open()
    if (!opened.ok) {
      if (opened.error.code === 'TOKEN_WRONG' && code !== '')
        return codeScreen(portalText.code.wrong(opened.error.data.failuresLeft))
      return { kind: 'dead', reason: deadReasonOf(opened.error, link.kind) }
    }
    const manifest = await openManifest(link, keys.contentKey, opened.value.manifest)
    const session = { link, keys, client, manifest, openedAt: Date.now() as EpochMs }
    return { kind: link.kind === 'signing' ? 'review' : 'download', session }
  }, [])

  useEffect(() => {
    let isCurrent = true
    // `attempt` starts the way anew after 「もう一度試す」.
    const start = async (_attempt: number): Promise<void> => {
      const begun = await begin()
      if (!isCurrent) return
      linkRef.current = begun.link
      if (begun.contact) setContact(begun.contact)
      if (begun.link === undefined || begun.screen !== undefined)
        setScreen(begun.screen ?? { kind: 'loading' })
      else {
        const next = await openWith(begun.link, '')
        if (isCurrent) setScreen(next)
      }
    }
    start(attempt).catch((error: unknown) => {
      if (isCurrent) setScreen(screenOfError(error))
    })
    return () => {
      isCurrent = false
    }
  }, [attempt, openWith])

  const submitCode = useCallback(
    (code: string) => {
      const link = linkRef.current
      if (link === undefined) return
      if (normalizeAccessCode(code) === '') {
        setScreen(codeScreen(portalText.code.empty))
        return
      }
      setScreen({ kind: 'code', error: undefined, isChecking: true })
      openWith(link, code).then(setScreen, (error: unknown) => setScreen(screenOfError(error)))
    },
    [openWith],
  )
  const retry = useCallback(() => {
    setScreen({ kind: 'loading' })
    setAttempt((before) => before + 1)
  }, [])
  const onAnswered = useCallback(
    (answer: 'consent' | 'refusal', receipt: PortalReceipt) =>
      setScreen((before) =>
        before.kind === 'review'
          ? { kind: 'done', answer, receipt, manifest: before.session.manifest }
          : before,
      ),
    [],
  )
  return { screen, contact, submitCode, retry, onAnswered, onDead }
}

type Begun = {
  readonly link: PortalLink | undefined
  readonly contact: PortalContact | undefined
  /** What to show; undefined = open the package at once, there is no code. */
  readonly screen: PortalScreen | undefined
}

async function begin(): Promise<Begun> {
  const nothing = { link: undefined, contact: undefined }
  if (!hasWebCrypto()) return { ...nothing, screen: { kind: 'dead', reason: 'browser' } }
  const link = await parsePortalLink(location.pathname, location.hash)
  const status = await createPortalClient(link).status()
  if (!status.ok)
    return { ...nothing, link, screen: { kind: 'dead', reason: deadReasonOf(status.error, link.kind) } }
  const contact = await openNotice(link, status.value.notice)
  const reason = deadReasonOfStatus(status.value)
  if (reason !== undefined)
    return {
      link,
      contact,
      screen: { kind: 'dead', reason, receivedAt: status.value.answeredAt ?? undefined },
    }
  return { link, contact, screen: status.value.accessCodeRequired ? codeScreen(undefined) : undefined }
}

function codeScreen(error: string | undefined): PortalScreen {
  return { kind: 'code', error, isChecking: false }
}

function screenOfError(error: unknown): PortalScreen {
  console.warn('portal.failed', error)
  if (!(error instanceof PortalProtocolError)) return { kind: 'dead', reason: 'package-damaged' }
  return { kind: 'dead', reason: error.code === 'LINK_DAMAGED' ? 'link-damaged' : 'package-damaged' }
}
