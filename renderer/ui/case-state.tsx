import type { CaseState, CaseSummary } from '../../shared/model/case.ts'
import { caseStateLabel, waitingLabel } from '../i18n/ja/labels.ts'
import { Tag, type Tone } from './tag.tsx'

const TONES: Readonly<Record<CaseState, Tone>> = {
  draft: 'grey',
  approval: 'yellow',
  approved: 'blue',
  signing: 'blue',
  concluded: 'green',
  declined: 'red',
  lapsed: 'red',
  withdrawn: 'grey',
  paper: 'grey',
  deleted: 'grey',
}

export function CaseStateTag({ state }: { readonly state: CaseState }) {
  return <Tag tone={TONES[state]}>{caseStateLabel[state]}</Tag>
}

export function CaseWaiting({ waitingFor }: { readonly waitingFor: CaseSummary['waitingFor'] }) {
  return <>{waitingLabel[waitingFor]}</>
}
