import { uiText } from '../../i18n/ja/ui.ts'
import { viewerText } from '../../i18n/ja/viewer.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Facts } from '../../ui/page.tsx'

export function ShortcutsDialog({ onClose }: { readonly onClose: () => void }) {
  return (
    <Dialog
      title={viewerText.shortcutsTitle}
      isOpen
      onClose={onClose}
      footer={
        <Button look="primary" autoFocus onPress={onClose}>
          {uiText.close}
        </Button>
      }
    >
      <Facts items={viewerText.shortcutRows.map(([name, value]) => ({ name, value }))} />
    </Dialog>
  )
}
