import { cp, mkdir } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import tailwind from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

const HERE = dirname(fileURLToPath(import.meta.url))
const OUT = resolve(HERE, '../dist/renderer')

/** Data that pdf.js fetches at run time: character maps, the 14 standard fonts, image decoders, colour profiles. */
export function pdfjsData(): Plugin {
  const source = resolve(HERE, '../node_modules/pdfjs-dist')
  let outFolder = OUT
  return {
    name: 'pdfjs-data',
    apply: 'build',
    configResolved: (config) => {
      outFolder = resolve(config.root, config.build.outDir)
    },
    closeBundle: async () => {
      for (const folder of ['cmaps', 'standard_fonts', 'wasm', 'iccs']) {
        await mkdir(join(outFolder, 'pdfjs'), { recursive: true })
        await cp(join(source, folder), join(outFolder, 'pdfjs', folder), { recursive: true })
      }
    },
  }
}

/** The office's pages → dist/renderer. Served at the root of both hosts. */
export default defineConfig({
  root: HERE,
  base: '/',
  publicDir: false,
  plugins: [react(), tailwind(), pdfjsData()],
  // Replaced for every answer by electron/app/serve/page-files.ts.
  html: { cspNonce: '__STYLE_NONCE__' },
  build: {
    outDir: OUT,
    emptyOutDir: true,
    target: 'chrome130',
    // Inlined `data:` scripts would break the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 2_000,
  },
})
