/** Entry of Electron's main process, bundled to dist/electron/main.js. Calls only. */
import { app } from 'electron'
import { jsonLogger } from './app/cli/json-logger.ts'
import { composeApplication } from './app/compose.ts'
import { dataFolder } from './app/data-folder.ts'
import { programPaths } from './app/program-paths.ts'
import { openPageFiles } from './app/serve/page-files.ts'
import { realElectron } from './host/electron/real-electron.ts'
import { runElectronHost } from './host/electron/run-electron-host.ts'
import { utilityPrograms } from './host/electron/utility-programs.ts'

const dataDir = dataFolder(undefined)
const logger = jsonLogger((line) => process.stderr.write(`${line}\n`))

// Chromium keeps its own files apart from the archive; another data folder is another instance.
app.setPath('userData', `${dataDir}-window`)

void runElectronHost(realElectron(), {
  startApplication: (services) => composeApplication({ dataDir, logger, services }),
  openPageFiles: () => openPageFiles(programPaths.officePages),
  startProgram: utilityPrograms(programPaths.commandLine),
  preloadPath: programPaths.preload,
  platform: process.platform,
  logger,
})
