import './zod-setup.ts'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import { createOfficeBridge } from './bridge/create-office-bridge.ts'
import './office.css'

const root = document.getElementById('root')
if (root === null) throw new Error('#root is missing')
createRoot(root).render(<App bridge={createOfficeBridge()} />)
