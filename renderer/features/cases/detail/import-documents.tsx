import { useState } from 'react'
import { useStore } from 'zustand'
import type { CaseId } from '../../../../shared/model/brand.ts'
import type { PreflightProblem } from '../../../../shared/model/document.ts'
import { useOfficeBridge } from '../../../bridge/office-bridge.ts'
import { preflightText, documentsText as text } from '../../../i18n/ja/detail.ts'
import { documentRoleLabel, labelOf } from '../../../i18n/ja/labels.ts'
import { Button } from '../../../ui/button.tsx'
import { SelectInput } from '../../../ui/choice-input.tsx'
import { Failure } from '../../../ui/failure.tsx'
import { FileDrop } from '../../../ui/file-drop.tsx'
import { Tag } from '../../../ui/tag.tsx'
import { TextInput } from '../../../ui/text-input.tsx'
import { createImportStore, type ImportItem, type ImportRole, type ImportState } from './import-store.ts'

/** PDFs in by drag and drop: each is examined and explained before anything is taken in. */
export function ImportDocuments(props: { readonly caseId: CaseId; readonly reload: () => void }) {
  const bridge = useOfficeBridge()
  const [store] = useState(() => createImportStore(bridge, props.caseId))
  const state = useStore(store)
  const ready = state.items.filter((item) => item.report?.canSend === true && !item.pending)
  const finish = async (work: Promise<void>) => {
    await work
    props.reload()
  }
  return (
    <div className="flex flex-col gap-3">
      <FileDrop
        label={text.drop}
        hint={text.dropHint}
        accept={['application/pdf', '.pdf']}
        multiple
        onFiles={(files) => void state.examine(files)}
      />
      {state.items.length > 0 ? (
        <section aria-label={text.checked} className="flex flex-col gap-3">
          <div className="flex flex-wrap items-center justify-between gap-3">
            <h3 className="font-bold">{text.checked}</h3>
            {ready.length > 1 ? (
              <Button look="primary" onPress={() => void finish(state.importAll())}>
                {text.importAll(ready.length)}
              </Button>
            ) : null}
          </div>
          {state.items.map((item) => (
            <ImportCard key={item.key} item={item} state={state} finish={finish} isOnly={ready.length <= 1} />
          ))}
        </section>
      ) : null}
    </div>
  )
}

const ROLES: readonly ImportRole[] = ['sign', 'view', 'attachment']

function ImportCard(props: {
  readonly item: ImportItem
  readonly state: ImportState
  readonly finish: (work: Promise<void>) => Promise<void>
  readonly isOnly: boolean
}) {
  const { item, state, finish } = props
  const { report } = item
  return (
    <article className="flex flex-col gap-3 rounded-8 border border-solid-gray-420 px-4 py-3">
      <div className="flex flex-wrap items-center gap-3">
        <b className="break-all">{item.file.name}</b>
        {report === undefined ? null : (
          <>
            <Tag tone={report.canSend ? 'green' : 'red'}>{report.canSend ? text.canSend : text.cannot}</Tag>
            {report.pages > 0 ? (
              <span className="text-[0.875rem] text-solid-gray-700">
                {[text.pages(report.pages), report.producer ? text.producer(report.producer) : ''].join('　')}
              </span>
            ) : null}
          </>
        )}
        {report === undefined && item.error === undefined ? <span role="status">{text.checking}</span> : null}
      </div>
      <Failure error={item.error} />
      {report && report.problems.length > 0 ? (
        <ul className="flex flex-col gap-1">
          {report.problems.map((problem) => (
            <ProblemLine key={`${problem.code}${JSON.stringify(problem.data)}`} problem={problem} />
          ))}
        </ul>
      ) : null}
      {report?.canSend || report?.canRepair ? (
        <div className="grid grid-cols-1 gap-3 sm:grid-cols-2">
          <TextInput
            label={text.title}
            value={item.title}
            onChange={(title) => state.change(item.key, { title })}
            maxLength={200}
          />
          <SelectInput
            label={text.role}
            value={item.role}
            options={ROLES.map((value) => ({ value, label: documentRoleLabel[value] }))}
            onChange={(role) => state.change(item.key, { role })}
          />
        </div>
      ) : null}
      <div className="flex flex-wrap gap-3">
        {report?.canSend ? (
          <Button
            look={props.isOnly ? 'primary' : 'secondary'}
            isDisabled={item.pending || item.title.trim() === ''}
            onPress={() => void finish(state.importOne(item.key, false))}
          >
            {text.import}
          </Button>
        ) : report?.canRepair ? (
          <Button
            look="primary"
            isDisabled={item.pending || item.title.trim() === ''}
            onPress={() => void finish(state.importOne(item.key, true))}
          >
            {text.repair}
          </Button>
        ) : null}
        <Button look="quiet" isDisabled={item.pending} onPress={() => state.discard(item.key)}>
          {text.discard}
        </Button>
      </div>
    </article>
  )
}

function ProblemLine({ problem }: { readonly problem: PreflightProblem }) {
  const details = Object.values(problem.data).flat().join('、')
  return (
    <li className={problem.severity === 'stop' ? 'text-error-2' : ''}>
      <b>{problem.severity === 'stop' ? '× ' : '△ '}</b>
      {labelOf(preflightText, problem.code)}
      {details ? <span className="text-[0.875rem] text-solid-gray-700">（{details}）</span> : null}
    </li>
  )
}
