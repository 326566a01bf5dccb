import { createRequire } from 'node:module'

/** The font the sample contracts are set in. */
export function sampleFontPath(): string {
  return createRequire(import.meta.url).resolve(
    '@expo-google-fonts/noto-sans-jp/400Regular/NotoSansJP_400Regular.ttf',
  )
}
