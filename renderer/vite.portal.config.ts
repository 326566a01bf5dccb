import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import tailwind from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { pdfjsData } from './vite.config.ts'

const HERE = dirname(fileURLToPath(import.meta.url))
const OUT = resolve(HERE, '../dist/portal')

/** The counterparty's pages → dist/portal. Served by electron/core/portal at the root of its address. */
export default defineConfig({
  root: resolve(HERE, 'portal'),
  base: '/',
  publicDir: false,
  plugins: [react(), tailwind(), pdfjsData()],
  build: {
    outDir: OUT,
    emptyOutDir: true,
    // Browsers of the last three years: contractors do not update as we do.
    target: ['chrome111', 'edge111', 'firefox114', 'safari16.4'],
    // Inlined `data:` scripts would break the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1_000,
  },
})
