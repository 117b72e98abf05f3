import { AppError } from '#contract/errors.ts'
import type { GrantRequest, OperationResult, Scope } from '#contract/operations.ts'
import type { GrantsStore, StoredGrant } from '../store/grants.store.ts'
import type { Task } from './ports.ts'

export interface GrantPorts {
  readonly grants: Pick<GrantsStore, 'findCovering' | 'create' | 'issueToken'>
  readonly grantDays: () => number
  readonly changed: () => void
}

/** 授权: a page's remembered right to ask, for exactly this origin. */
export const prepareGrant = (ports: GrantPorts, origin: string, request: GrantRequest): Task => {
  const wanted = [...new Set(request.scopes)]

  const resultOf = (grant: StoredGrant): OperationResult => ({
    kind: 'grant',
    token: ports.grants.issueToken(grant.id),
    scopes: [...grant.scopes],
    expiresAt: grant.expiresAt,
  })

  // Remembered: what was once allowed to this origin, platform and scopes is not asked again until it expires.
  const remembered = ports.grants.findCovering(origin, request.systemCode, wanted)
  return {
    needs: 'scopes',
    remembered: remembered === null ? null : resultOf(remembered),
    subject: () => ({ kind: 'grant', scopes: wanted }),
    total: 1,
    documentIds: [],
    dispose: () => undefined,
    run: (approved: readonly Scope[]) => {
      const scopes = wanted.filter((scope) => approved.includes(scope))
      if (scopes.length === 0) throw new AppError('operation.refused')
      const grant = ports.grants.create({ origin, systemCode: request.systemCode, scopes, days: ports.grantDays() })
      ports.changed()
      return resultOf(grant)
    },
  }
}
