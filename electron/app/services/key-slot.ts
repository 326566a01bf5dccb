/** The two signing keys of a town: its own (当事者型) and the witness's (立会人型). */
export type KeySlot = 'town' | 'witness'
