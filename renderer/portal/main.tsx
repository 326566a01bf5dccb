import './zod-setup.ts'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import './portal.css'
import { PortalApp } from './portal-app.tsx'

// A new link pasted into the same tab changes only the part after #, which does not load the page anew by itself.
window.addEventListener('hashchange', () => location.reload())

const root = document.getElementById('root')
if (root === null) throw new Error('index.html has no root')
createRoot(root).render(
  <StrictMode>
    <PortalApp />
  </StrictMode>,
)
