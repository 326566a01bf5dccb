import { useEffect, useState } from 'react'
import type { CaseId } from '../../../../shared/model/brand.ts'
import type { CaseSummary } from '../../../../shared/model/case.ts'
import { useOfficeBridge } from '../../../bridge/office-bridge.ts'
import { useQuery } from '../../../bridge/use-query.ts'
import { formatDay, formatYen } from '../../../i18n/format.ts'
import { casesText } from '../../../i18n/ja/cases.ts'
import { Button } from '../../../ui/button.tsx'
import { Failure } from '../../../ui/failure.tsx'
import { TextInput } from '../../../ui/text-input.tsx'

const text = casesText.parent
const LIMIT = 8
const TYPING_PAUSE_MS = 250

export type ParentFacts = Pick<CaseSummary, 'id' | 'title' | 'contractNumber' | 'amount' | 'contractDate'>

/** 原契約: found by number, title or counterparty among the contracts that were made; what was chosen is shown, not its id. */
export function ParentPicker(props: {
  readonly parentCaseId: CaseId | null
  /** What is known of the contract that is stored already. */
  readonly known: ParentFacts | undefined
  /** The case itself. */
  readonly except: CaseId | undefined
  readonly onChange: (parentCaseId: CaseId | null) => void
}) {
  const { parentCaseId } = props
  const [picked, setPicked] = useState<ParentFacts | undefined>(undefined)
  const [isSearching, setSearching] = useState(false)
  if (parentCaseId === null || isSearching)
    return (
      <ParentSearch
        except={props.except}
        onPick={(row) => {
          setPicked(row)
          setSearching(false)
          props.onChange(row.id)
        }}
        onCancel={parentCaseId === null ? undefined : () => setSearching(false)}
      />
    )
  const chosen = [picked, props.known].find((candidate) => candidate?.id === parentCaseId)
  return (
    <div className="flex flex-col gap-2 rounded-8 border border-solid-gray-420 px-4 py-3">
      <p className="text-[0.9375rem] font-bold">{text.chosen}</p>
      {chosen === undefined ? <p>{text.hidden}</p> : <ParentLine parent={chosen} />}
      <div className="flex flex-wrap gap-3">
        <Button size="small" onPress={() => setSearching(true)}>
          {text.again}
        </Button>
        <Button size="small" look="quiet" onPress={() => props.onChange(null)}>
          {text.none}
        </Button>
      </div>
    </div>
  )
}

function ParentLine({ parent }: { readonly parent: ParentFacts }) {
  return (
    <p>
      <b>{parent.title}</b>
      <span className="block text-[0.875rem] text-solid-gray-700">{factsOf(parent)}</span>
    </p>
  )
}

function factsOf(parent: ParentFacts): string {
  return [parent.contractNumber, formatDay(parent.contractDate), formatYen(parent.amount)]
    .filter(Boolean)
    .join('　')
}

/** What was typed, a moment after the last key. */
function useSettled(value: string): string {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), TYPING_PAUSE_MS)
    return () => clearTimeout(timer)
  }, [value])
  return settled
}

function ParentSearch(props: {
  readonly except: CaseId | undefined
  readonly onPick: (row: CaseSummary) => void
  readonly onCancel: (() => void) | undefined
}) {
  const { client } = useOfficeBridge()
  const [typed, setTyped] = useState('')
  const words = useSettled(typed.trim())
  const { data, error, reload } = useQuery(`parents ${words}`, () =>
    client.cases.list({ states: ['concluded', 'paper'], text: words, limit: LIMIT }),
  )
  const rows = (data?.rows ?? []).filter((row) => row.id !== props.except)
  return (
    <div className="flex max-w-3xl flex-col gap-2">
      <TextInput label={text.find} hint={text.findHint} type="search" value={typed} onChange={setTyped} />
      <Failure error={error} onRetry={reload} />
      <p aria-live="polite" className="text-[0.875rem] text-solid-gray-700">
        {words === '' ? '' : data === undefined ? text.searching : text.found(rows.length, data.total)}
      </p>
      {words === '' || rows.length === 0 ? null : (
        <ul aria-label={text.results} className="rounded-8 border border-solid-gray-300">
          {rows.map((row) => (
            <li key={row.id} className="border-b border-solid-gray-200 last:border-b-0">
              <button
                type="button"
                className="w-full cursor-pointer px-3 py-1.5 text-left hover:bg-blue-50"
                onClick={() => props.onPick(row)}
              >
                <span className="block font-bold">{row.title}</span>
                <span className="block text-[0.875rem] text-solid-gray-700">
                  {[row.counterpartyNames.join('、'), factsOf(row)].filter(Boolean).join('　')}
                </span>
              </button>
            </li>
          ))}
        </ul>
      )}
      {props.onCancel ? (
        <div>
          <Button size="small" onPress={props.onCancel}>
            {text.keep}
          </Button>
        </div>
      ) : null}
    </div>
  )
}
