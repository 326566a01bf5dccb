import { createRoot } from 'react-dom/client'
import { z } from 'zod'
import { App } from './app.tsx'
import { createOfficeBridge } from './bridge/create-office-bridge.ts'
import './office.css'

// The content security policy forbids code made from text, which zod would try first.
z.config({ jitless: true })

const root = document.getElementById('root')
if (root === null) throw new Error('#root is missing')
createRoot(root).render(<App bridge={createOfficeBridge()} />)
