import { createStore, type StoreApi } from 'zustand'
import type { BridgeEvent } from '../../../shared/bridge/define.ts'
import type { OfficeBridge } from '../../bridge/office-bridge.ts'

export type TaskProgress = Extract<BridgeEvent, { readonly topic: 'progress' }>
export type TaskState = { readonly tasks: readonly TaskProgress[]; readonly hide: (taskId: string) => void }

/** Long work as the main side reports it: newest facts per task, in the order of their start. */
export function createTaskStore(): StoreApi<TaskState> & {
  readonly listen: (bridge: OfficeBridge) => () => void
} {
  const store = createStore<TaskState>()((set) => ({
    tasks: [],
    hide: (taskId) => set((old) => ({ tasks: old.tasks.filter((task) => task.taskId !== taskId) })),
  }))
  const listen = (bridge: OfficeBridge) =>
    bridge.subscribe((event) => {
      if (event.topic === 'progress') store.setState((old) => ({ tasks: withTask(old.tasks, event) }))
    })
  return Object.assign(store, { listen })
}

export function withTask(tasks: readonly TaskProgress[], task: TaskProgress): readonly TaskProgress[] {
  return tasks.some((known) => known.taskId === task.taskId)
    ? tasks.map((known) => (known.taskId === task.taskId ? task : known))
    : [...tasks, task]
}
