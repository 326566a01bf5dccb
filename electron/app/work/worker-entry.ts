/** Where a worker thread starts. Its own bundle in the packaged program (electron/build.ts). */
import { parentPort } from 'node:worker_threads'
import { tasks } from './task-table.ts'
import { serveTasks } from './worker.ts'

if (parentPort === null) throw new Error('worker-entry is started by the work pool only')
serveTasks(parentPort, tasks)
