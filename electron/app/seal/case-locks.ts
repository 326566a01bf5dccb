import type { CaseId } from '../../../shared/model/brand.ts'

export type CaseLocks = {
  /** Runs the work when no other work on this case's files runs. */
  readonly withCase: <T>(caseId: CaseId, work: () => Promise<T>) => Promise<T>
}

/** Two signatures appended to the same version would lose one: work on a case's files goes one after the other. */
export function createCaseLocks(): CaseLocks {
  const tails = new Map<CaseId, Promise<unknown>>()
  return {
    withCase: (caseId, work) => {
      const before = tails.get(caseId) ?? Promise.resolve()
      const result = before.then(work, work)
      tails.set(caseId, result)
      const forget = () => {
        if (tails.get(caseId) === result) tails.delete(caseId)
      }
      result.then(forget, forget)
      return result
    },
  }
}
