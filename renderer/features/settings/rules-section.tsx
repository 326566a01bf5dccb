import { useState } from 'react'
import type { IsoDate, Yen } from '../../../shared/model/brand.ts'
import { ContractKind } from '../../../shared/model/case.ts'
import { useOfficeBridge } from '../../bridge/office-bridge.ts'
import { kindLabel } from '../../i18n/ja/labels.ts'
import { settingsText } from '../../i18n/ja/settings.ts'
import { DateInput } from '../../ui/date-input.tsx'
import { NumberInput } from '../../ui/number-input.tsx'
import { SettingsForm } from './settings-form.tsx'
import { type Settings, useSettingsWriter } from './use-settings.ts'

const text = settingsText.rules
type Rules = Settings['rules']
const DAYS = ['electronicBidsFrom', 'electronicNegotiatedFrom', 'stampDutyReductionUntil'] as const
const AMOUNTS = ['councilWorksYen', 'councilPropertyYen'] as const
const LIMITS = ['worksYen', 'purchaseYen', 'leaseInYen', 'saleYen', 'leaseOutYen', 'otherYen'] as const

/** Amounts and days of law and town, with the day from which they hold. */
export function RulesSection({ settings }: { readonly settings: Settings }) {
  const { client } = useOfficeBridge()
  const [rules, setRules] = useState<Rules>(settings.rules)
  const writer = useSettingsWriter(client.settings.writeRules)
  const change = (part: Partial<Rules>) => setRules((old) => ({ ...old, ...part }))
  return (
    <SettingsForm
      title={settingsText.sections.rules}
      lead={text.lead}
      writer={writer}
      onSubmit={() => void writer.save(rules)}
    >
      <div className="grid grid-cols-1 gap-4 sm:grid-cols-2">
        {DAYS.map((name) => (
          <DateInput
            key={name}
            label={text[name]}
            value={rules[name]}
            onChange={(day) => change(day === null ? {} : { [name]: day })}
          />
        ))}
        {AMOUNTS.map((name) => (
          <NumberInput
            key={name}
            label={text[name]}
            value={rules[name]}
            onChange={(amount) => change({ [name]: (amount ?? 0) as Yen })}
          />
        ))}
      </div>
      <LimitTable
        limits={rules.smallContractLimits}
        onChange={(smallContractLimits) => change({ smallContractLimits })}
      />
      <fieldset>
        <legend className="mb-1 font-bold">{text.retention}</legend>
        <div className="grid grid-cols-2 gap-3 sm:grid-cols-3">
          {ContractKind.options.map((kind) => (
            <NumberInput
              key={kind}
              label={kindLabel[kind]}
              value={rules.retentionYearsByKind[kind] ?? null}
              onChange={(years) =>
                change({
                  retentionYearsByKind: { ...rules.retentionYearsByKind, [kind]: Math.min(100, years ?? 0) },
                })
              }
            />
          ))}
        </div>
      </fieldset>
    </SettingsForm>
  )
}

type Limits = Rules['smallContractLimits']

function LimitTable(props: { readonly limits: Limits; readonly onChange: (limits: Limits) => void }) {
  const change = (index: number, part: Partial<Limits[number]>) =>
    props.onChange(props.limits.map((row, at) => (at === index ? { ...row, ...part } : row)))
  return (
    <fieldset className="flex flex-col gap-4">
      <legend className="mb-1 font-bold">{text.limits}</legend>
      {props.limits.map((row, index) => (
        <div
          // biome-ignore lint/suspicious/noArrayIndexKey: rows are edited in place and never re-ordered.
          key={index}
          className="grid grid-cols-2 gap-3 rounded-8 border border-solid-gray-300 p-3 sm:grid-cols-4"
        >
          <DateInput
            label={text.from}
            value={row.from}
            onChange={(from: IsoDate | null) => change(index, from === null ? {} : { from })}
          />
          {LIMITS.map((name) => (
            <NumberInput
              key={name}
              label={text[name]}
              value={row[name]}
              onChange={(amount) => change(index, { [name]: (amount ?? 0) as Yen })}
            />
          ))}
        </div>
      ))}
    </fieldset>
  )
}
