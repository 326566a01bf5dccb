export type TownFacts = {
  readonly departments: readonly string[]
  /** In whose name the town signs, for example 扶桑町長. */
  readonly headOfTown: string
}
