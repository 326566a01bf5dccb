import type { ReactNode } from 'react'
import { Tabs as AriaTabs, Tab, TabList, TabPanel } from 'react-aria-components'

export type TabItem = {
  readonly id: string
  readonly label: string
  readonly count?: number | undefined
  readonly content: ReactNode
}

/** Tabs with arrow keys; only the chosen panel exists. */
export function Tabs(props: {
  readonly label: string
  readonly items: readonly TabItem[]
  readonly selected: string
  readonly onSelect: (id: string) => void
}) {
  return (
    <AriaTabs
      selectedKey={props.selected}
      onSelectionChange={(key) => props.onSelect(String(key))}
      className="flex flex-col gap-4"
    >
      <TabList aria-label={props.label} className="flex flex-wrap gap-x-1 border-b-2 border-solid-gray-300">
        {props.items.map((item) => (
          <Tab
            key={item.id}
            id={item.id}
            className="-mb-0.5 cursor-pointer border-b-4 border-transparent px-3 py-1.5 text-solid-gray-800 hover:border-solid-gray-420 aria-selected:border-blue-900 aria-selected:font-bold aria-selected:text-blue-1000"
          >
            {item.label}
            {item.count === undefined ? null : (
              <span className="ml-1.5 rounded-full bg-solid-gray-100 px-1.5 text-[0.8125rem] font-400 text-solid-gray-800 tabular-nums">
                {item.count}
              </span>
            )}
          </Tab>
        ))}
      </TabList>
      {props.items.map((item) => (
        <TabPanel key={item.id} id={item.id} className="outline-offset-4">
          {item.content}
        </TabPanel>
      ))}
    </AriaTabs>
  )
}
