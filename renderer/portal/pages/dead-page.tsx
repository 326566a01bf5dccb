import type { EpochMs } from '../../../shared/model/brand.ts'
import type { PortalContact } from '../../../shared/portal-api/manifest.ts'
import { Button } from '../components/button.tsx'
import { Facts, Frame } from '../components/frame.tsx'
import { type DeadReason, deadText, formatMoment, portalText } from '../ja.ts'

/** A link with which nothing can be done: why, in plain words, and whom to ask. */
export function DeadPage(props: {
  readonly reason: DeadReason
  readonly receivedAt: EpochMs | undefined
  readonly contact: PortalContact | undefined
  readonly onRetry: () => void
}) {
  const { title, body } = deadText[props.reason]
  const canRetry = props.reason === 'unreachable' || props.reason === 'busy' || props.reason === 'locked'
  return (
    <Frame title={title} screen="dead" contact={props.contact}>
      <div className="flex flex-col gap-2">
        {body.map((sentence) => (
          <p key={sentence}>{sentence}</p>
        ))}
      </div>
      {props.receivedAt === undefined ? null : (
        <Facts items={[[portalText.receivedAt, formatMoment(props.receivedAt)]]} />
      )}
      {canRetry ? (
        <div>
          <Button onPress={props.onRetry}>{portalText.tryAgain}</Button>
        </div>
      ) : null}
    </Frame>
  )
}
