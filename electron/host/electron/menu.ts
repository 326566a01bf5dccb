import type { MenuItemConstructorOptions } from 'electron'

/** The menu of the window. Roles bring their own behaviour; the labels are ours so that all is Japanese. */
export function menuTemplate(platform: NodeJS.Platform, print: () => void): MenuItemConstructorOptions[] {
  const isMac = platform === 'darwin'
  return [
    {
      label: 'ファイル',
      submenu: [
        { label: '印刷…', accelerator: 'CmdOrCtrl+P', click: print },
        { type: 'separator' },
        { label: isMac ? '電子契約デスクを終了' : '終了', role: 'quit' },
      ],
    },
    {
      label: '編集',
      submenu: [
        { label: '元に戻す', role: 'undo' },
        { label: 'やり直す', role: 'redo' },
        { type: 'separator' },
        { label: '切り取り', role: 'cut' },
        { label: 'コピー', role: 'copy' },
        { label: '貼り付け', role: 'paste' },
        { label: 'すべて選択', role: 'selectAll' },
      ],
    },
    {
      label: '表示',
      submenu: [
        { label: '再読み込み', role: 'reload' },
        { type: 'separator' },
        { label: '拡大', role: 'zoomIn' },
        { label: '縮小', role: 'zoomOut' },
        { label: '実際の大きさ', role: 'resetZoom' },
        { type: 'separator' },
        { label: '全画面表示', role: 'togglefullscreen' },
      ],
    },
    {
      label: 'ウィンドウ',
      submenu: [
        { label: '最小化', role: 'minimize' },
        { label: '閉じる', role: 'close' },
      ],
    },
  ]
}
