import { AppError } from '#contract/errors.ts'
import { reservedScopes, scopes, type Scope } from '#contract/operations.ts'

/** A person is not asked for what no operation uses. Throws request.invalid with the issue `scope_reserved`. */
export const refuseReserved = (wanted: readonly Scope[]): void => {
  const index = wanted.findIndex((scope) => reservedScopes.includes(scope))
  if (index < 0) return
  const allowed = scopes.filter((scope) => !reservedScopes.includes(scope)).join(', ')
  throw new AppError('request.invalid', { field: `body.scopes.${index}`, issue: 'scope_reserved', allowed })
}
