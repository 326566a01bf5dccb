import { useEffect, useState } from 'react'
import { useStore } from 'zustand'
import { useOfficeBridge } from '../../bridge/office-bridge.ts'
import { labelOf } from '../../i18n/ja/labels.ts'
import { shellText, taskLabel } from '../../i18n/ja/shell.ts'
import { Button } from '../../ui/button.tsx'
import { Progress } from '../../ui/progress.tsx'
import { createTaskStore, type TaskProgress } from './task-store.ts'

const DONE_SHOWN_MS = 6000

/** Long work at the foot of the window, on every screen, each with its way to stop it. */
export function TaskDock() {
  const bridge = useOfficeBridge()
  const [store] = useState(createTaskStore)
  const tasks = useStore(store, (state) => state.tasks)
  const hide = useStore(store, (state) => state.hide)
  useEffect(() => store.listen(bridge), [store, bridge])
  if (tasks.length === 0) return null
  return (
    <section
      aria-label={shellText.tasks}
      className="flex flex-col gap-2 border-t border-solid-gray-420 bg-white px-6 py-2"
    >
      {tasks.map((task) => (
        <TaskRow
          key={task.taskId}
          task={task}
          onHide={hide}
          onCancel={() => void bridge.client.tasks.cancel({ taskId: task.taskId })}
        />
      ))}
    </section>
  )
}

function TaskRow(props: {
  readonly task: TaskProgress
  readonly onHide: (taskId: string) => void
  readonly onCancel: () => void
}) {
  const { task, onHide } = props
  useEffect(() => {
    if (task.state !== 'done') return undefined
    const timer = setTimeout(() => onHide(task.taskId), DONE_SHOWN_MS)
    return () => clearTimeout(timer)
  }, [task.state, task.taskId, onHide])
  return (
    <div className="flex items-center gap-4">
      <div className="min-w-0 flex-1">
        <Progress
          label={`${labelOf(taskLabel, task.label)}：${shellText.taskState[task.state]}`}
          done={task.done}
          total={task.total}
        />
      </div>
      {task.state === 'running' ? (
        <Button size="small" onPress={props.onCancel}>
          {shellText.cancelTask}
        </Button>
      ) : (
        <Button size="small" look="quiet" onPress={() => onHide(task.taskId)}>
          {shellText.hideTask}
        </Button>
      )}
    </div>
  )
}
