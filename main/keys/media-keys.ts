import type { TokenHost } from '#native/token-host.ts'
import { AppError } from '#contract/errors.ts'
import type { CertificateDirectory, KeyLease, SigningKeys } from '../operations/ports.ts'

/** Keys in USB tokens as `SigningKeys`: one login for one consented task. */
export const createMediaKeys = (
  host: Pick<TokenHost, 'openSession'>,
  certificates: CertificateDirectory,
): SigningKeys => ({
  open: async (certificateId, pin, signal): Promise<KeyLease> => {
    const tokenId = certificates.get(certificateId)?.summary.tokenId ?? null
    if (tokenId === null) throw new AppError('certificate.not_found')
    const session = await host.openSession(tokenId, pin, { signal })
    return {
      certificateId,
      sign: (algorithm, digest) => session.sign({ certificateId, algorithm, digest }),
      close: () => session.close(),
    }
  },
})
