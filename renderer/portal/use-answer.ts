import { useCallback, useRef, useState } from 'react'
import type { EpochMs } from '../../shared/model/brand.ts'
import type { PortalResponse, ShownDocument } from '../../shared/portal-api/response.ts'
import { sealResponse } from '../../shared/portal-api/response-sealing.ts'
import type { PortalReceipt } from '../../shared/portal-api/wire.ts'
import { deadReasonOf, isPassing } from './dead-reason.ts'
import { type DeadReason, portalText } from './ja.ts'
import { signerLine } from './signer-line.ts'
import type { PortalSession } from './use-portal.ts'

export type Answering = {
  readonly isSending: boolean
  readonly error: string | undefined
  readonly consent: (shown: readonly ShownDocument[]) => void
  readonly refuse: (shown: readonly ShownDocument[], reason: string) => void
}

/**
 * Seals and sends the answer.
 *
 * [Note: The same bytes again] After a failure the next press sends the very bytes of the first one, whatever had become of
 * them: the portal answers a repeated response with the same receipt, so a lost answer never becomes a second signature.
 */
export function useAnswer(
  session: PortalSession,
  on: {
    readonly answered: (answer: 'consent' | 'refusal', receipt: PortalReceipt) => void
    readonly dead: (reason: DeadReason) => void
  },
): Answering {
  const [isSending, setSending] = useState(false)
  const [error, setError] = useState<string>()
  const kept = useRef<{ readonly key: string; readonly sealed: Uint8Array }>(undefined)
  const isBusy = useRef(false)

  const send = useCallback(
    async (response: PortalResponse, key: string): Promise<void> => {
      if (isBusy.current) return // A double click comes before React has disabled the button.
      isBusy.current = true
      setSending(true)
      setError(undefined)
      try {
        const sealed =
          kept.current?.key === key ? kept.current.sealed : await sealResponse(session.manifest, response)
        kept.current = { key, sealed }
        const receipt = await session.client.respond(sealed)
        if (receipt.ok) on.answered(response.kind, receipt.value)
        else if (receipt.error.code === 'UNREACHABLE') setError(portalText.sendFailed.offline)
        else if (isPassing(receipt.error)) setError(portalText.sendFailed.other)
        else on.dead(deadReasonOf(receipt.error, 'signing'))
      } catch (failure) {
        console.warn('portal.send-failed', failure)
        setError(portalText.sendFailed.other)
      } finally {
        isBusy.current = false
        setSending(false)
      }
    },
    [session, on],
  )
  const common = (shown: readonly ShownDocument[]) => ({
    version: 1 as const,
    packageId: session.manifest.packageId,
    linkId: session.manifest.linkId,
    openedAt: session.openedAt,
    answeredAt: Date.now() as EpochMs,
    documents: [...shown],
  })
  return {
    isSending,
    error,
    consent: (shown) =>
      void send(
        {
          ...common(shown),
          kind: 'consent',
          statement: session.manifest.consentStatement,
          confirmedName: signerLine(session.manifest.signer),
        },
        'consent',
      ),
    refuse: (shown, reason) => void send({ ...common(shown), kind: 'refusal', reason }, `refusal ${reason}`),
  }
}
