import { archiveOutcomeSentence } from '../i18n/ja/keeping.ts'
import { Notice } from './notice.tsx'

/** Why a list that was begun is not there. */
export function ListProblem({ code }: { readonly code: string | null }) {
  if (code === null) return null
  return (
    <Notice severity={code === 'TASK_CANCELLED' ? 'warn' : 'stop'} live>
      {archiveOutcomeSentence(code)}
    </Notice>
  )
}
