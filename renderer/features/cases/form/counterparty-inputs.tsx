import type { CaseFields } from '../../../../shared/model/case.ts'
import { casesText } from '../../../i18n/ja/cases.ts'
import { Button } from '../../../ui/button.tsx'
import { TextInput } from '../../../ui/text-input.tsx'
import { type DraftProblems, EMPTY_PARTY } from './case-form-model.ts'

const text = casesText.form
type Party = CaseFields['counterparties'][number]

/** One counterparty, or several (JV). */
export function CounterpartyInputs(props: {
  readonly parties: readonly Party[]
  readonly problems: DraftProblems['parties']
  readonly onChange: (parties: Party[]) => void
}) {
  const { parties } = props
  const change = (index: number, part: Partial<Party>) =>
    props.onChange(parties.map((party, position) => (position === index ? { ...party, ...part } : party)))
  return (
    <div className="flex flex-col gap-4">
      {parties.map((party, index) => (
        <fieldset
          // biome-ignore lint/suspicious/noArrayIndexKey: rows have no identity of their own and are only added at the end.
          key={index}
          className="grid grid-cols-1 gap-x-5 gap-y-3 sm:grid-cols-2"
        >
          <legend className="sr-only">{`${text.counterparties}${index + 1}`}</legend>
          <TextInput
            label={text.counterpartyName}
            required
            value={party.name}
            error={props.problems[index]?.name}
            maxLength={200}
            onChange={(name) => change(index, { name })}
          />
          <TextInput
            label={text.corporateNumber}
            inputMode="numeric"
            value={party.corporateNumber}
            error={props.problems[index]?.corporateNumber}
            onChange={(typed) =>
              change(index, { corporateNumber: typed.normalize('NFKC').replace(/\D/g, '').slice(0, 13) })
            }
          />
          <TextInput
            label={text.counterpartyAddress}
            value={party.address}
            maxLength={300}
            onChange={(address) => change(index, { address })}
          />
          <TextInput
            label={text.representative}
            value={party.representative}
            maxLength={100}
            onChange={(representative) => change(index, { representative })}
          />
          {parties.length > 1 ? (
            <div>
              <Button
                size="small"
                look="quiet"
                onPress={() => props.onChange(parties.filter((_, position) => position !== index))}
              >
                {text.removeCounterparty(index + 1)}
              </Button>
            </div>
          ) : null}
        </fieldset>
      ))}
      <div>
        <Button size="small" onPress={() => props.onChange([...parties, EMPTY_PARTY])}>
          {text.addCounterparty}
        </Button>
      </div>
    </div>
  )
}
