import { useEffect } from 'react'
import { type StoreApi, useStore } from 'zustand'
import { type OfficeBridge, useOfficeBridge } from '../../bridge/office-bridge.ts'
import { useSession } from '../../bridge/session.tsx'
import { createImportStore, type ImportState } from './import-store.ts'

/** One per bridge (page) and person: what one person gathers is not shown to the next who logs in here. */
const stores = new WeakMap<OfficeBridge, Map<string, StoreApi<ImportState>>>()

/** What this person gathers for an import; read anew when the page appears and when imports change. */
export function useImportStore(): ImportState {
  const bridge = useOfficeBridge()
  const { status } = useSession()
  const store = storeOf(bridge, status.user?.id ?? '')
  useEffect(() => {
    void store.getState().load()
    return bridge.subscribe((event) => {
      if (event.topic === 'settings-changed') void store.getState().load()
    })
  }, [bridge, store])
  const isSending = useStore(store, ({ sending }) => sending !== null)
  useEffect(() => {
    if (!isSending) return undefined
    const ask = (event: BeforeUnloadEvent) => event.preventDefault()
    window.addEventListener('beforeunload', ask)
    return () => window.removeEventListener('beforeunload', ask)
  }, [isSending])
  return useStore(store)
}

function storeOf(bridge: OfficeBridge, userId: string): StoreApi<ImportState> {
  const ofBridge = stores.get(bridge) ?? new Map<string, StoreApi<ImportState>>()
  stores.set(bridge, ofBridge)
  const known = ofBridge.get(userId)
  if (known !== undefined) return known
  const made = createImportStore(bridge)
  ofBridge.set(userId, made)
  return made
}
