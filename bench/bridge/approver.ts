import type { ConsentPort, KeyLease, SigningKeys } from '#main/operations/ports.ts'

/**
 * A person who says yes at once. It exists for the benchmark only: a port given to the operations by host.ts, in a folder
 * that nothing imports, so no build and no switch of the client can reach it.
 */
export interface Approver {
  readonly port: ConsentPort
  /**
   * True: the first question of an origin opens the key and its answer holds for the next ones, as one consent does over
   * a batch. False: each question is looked at, and logs in and out.
   */
  readonly keepKeys: (isKept: boolean) => Promise<void>
  /** The login that is kept for a certificate; made when there is none. */
  readonly leaseOf: (certificateId: string) => Promise<KeyLease>
}

export const createApprover = (keys: SigningKeys, pin: string): Approver => {
  let isKept = true
  const consents = new Map<string, Promise<KeyLease>>()
  /** One login serves all origins that use the certificate: a token is held by one task at a time. */
  const leases = new Map<string, Promise<KeyLease>>()

  const open = (certificateId: string): Promise<KeyLease> => {
    const known = leases.get(certificateId)
    if (known) return known
    const opened = keys.open(certificateId, Buffer.from(pin), new AbortController().signal)
    leases.set(certificateId, opened)
    return opened
  }
  return {
    port: {
      ask: (question) => {
        const approve = async (): Promise<void> => {
          const consent = consents.get(question.origin)
          if (consent) {
            const lease = await consent
            const { certificateId } = lease
            return question.approve({ certificateId, sealId: null, scopes: null, pin: null, lease })
          }
          const { subject, requestedCertificateId: certificateId } = question.view()
          const common = { certificateId, sealId: null, pin: null }
          if (subject.kind === 'grant') return question.approve({ ...common, scopes: subject.scopes })
          if (!isKept) return question.approve({ ...common, scopes: null, pin: Buffer.from(pin) })
          const lease = open(certificateId ?? '')
          consents.set(question.origin, lease)
          return question.approve({ ...common, scopes: null, lease: await lease })
        }
        void Promise.resolve().then(approve)
        return { changed: () => undefined, end: () => undefined }
      },
    },
    leaseOf: open,
    keepKeys: async (wanted) => {
      isKept = wanted
      const opened = [...leases.values()]
      consents.clear()
      leases.clear()
      for (const lease of opened) await (await lease).close()
    },
  }
}
