import { useState } from 'react'
import type { z } from 'zod'
import type { ApplicationReading as ReadingSchema } from '../../../../shared/bridge/cases.ts'
import { useOfficeBridge } from '../../../bridge/office-bridge.ts'
import { useAction } from '../../../bridge/use-action.ts'
import { applicationFieldLabel, applicationProblem, casesText } from '../../../i18n/ja/cases.ts'
import { labelOf } from '../../../i18n/ja/labels.ts'
import { Button } from '../../../ui/button.tsx'
import { Failure } from '../../../ui/failure.tsx'
import { FileDrop } from '../../../ui/file-drop.tsx'
import { Notice } from '../../../ui/notice.tsx'

const text = casesText.application
export type Reading = z.output<typeof ReadingSchema>
export type ReadForm = { readonly reading: Reading; readonly uploadId: string }

function useFormReader() {
  const { client, upload } = useOfficeBridge()
  return useAction(async (file: File) => {
    const sent = await upload(file)
    if (!sent.ok) return sent
    const answer = await client.cases.readApplicationForm({ uploadId: sent.value.uploadId })
    if (!answer.ok) return answer
    const value: ReadForm = { reading: answer.value, uploadId: sent.value.uploadId }
    return { ok: true as const, value }
  })
}

/** 申出書 in by drag and drop, every value with its problem beside it; nothing is stored until the case is made. */
export function ApplicationReader(props: { readonly onUse: (form: ReadForm) => void }) {
  const [read, action] = useFormReader()
  const [form, setForm] = useState<ReadForm | undefined>(undefined)
  const take = async (file: File | undefined) => {
    if (file) setForm(await read(file))
  }
  if (form === undefined)
    return (
      <div className="flex max-w-5xl flex-col gap-3">
        <FileDrop
          label={action.pending ? text.reading : text.drop}
          hint={text.hint}
          accept={['application/pdf', '.pdf']}
          disabled={action.pending}
          onFiles={([file]) => void take(file)}
        />
        <Failure error={action.error} />
      </div>
    )
  return (
    <section
      aria-label={text.result}
      className="flex max-w-5xl flex-col gap-3 rounded-8 border border-solid-gray-420 p-4"
    >
      <h2 className="text-[1.125rem] font-bold">{text.result}</h2>
      <ReadingTable reading={form.reading} />
      <div className="flex flex-wrap gap-3">
        <Button look="primary" autoFocus onPress={() => props.onUse(form)}>
          {text.use}
        </Button>
        <Button onPress={() => setForm(undefined)}>{text.again}</Button>
      </div>
    </section>
  )
}

function ReadingTable({ reading }: { readonly reading: Reading }) {
  const fields = [
    ...new Set([...Object.keys(reading.values), ...reading.problems.map((problem) => problem.field)]),
  ]
    // The day is shown once, as it was written.
    .filter((field) => field !== 'dateText')
  const textOf = (field: string) => (field === 'date' && reading.values.dateText) || reading.values[field]
  return (
    <>
      {reading.problems.length === 0 ? <Notice severity="done">{text.noProblem}</Notice> : null}
      <dl className="grid grid-cols-[minmax(9rem,max-content)_1fr] gap-x-4 text-[0.9375rem]">
        {fields.map((field) => (
          <div key={field} className="col-span-2 grid grid-cols-subgrid border-b border-solid-gray-200 py-1">
            <dt className="text-solid-gray-700">{labelOf(applicationFieldLabel, field)}</dt>
            <dd>
              {textOf(field) || <span className="text-solid-gray-700">{text.empty}</span>}
              {reading.problems
                .filter((problem) => problem.field === field)
                .map((problem) => (
                  <p
                    key={problem.code}
                    className={`font-bold ${problem.severity === 'stop' ? 'text-error-2' : 'text-yellow-1000'}`}
                  >
                    {labelOf(applicationProblem, problem.code)}
                  </p>
                ))}
            </dd>
          </div>
        ))}
      </dl>
    </>
  )
}
