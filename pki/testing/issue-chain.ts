import { prepareCertificate } from '../issue/certificate.ts'
import type { CertificateInput } from '../issue/certificate.ts'
import { profileExtensions } from '../issue/profiles.ts'
import type { ProfileName, ProfileOptions } from '../issue/profiles.ts'
import { signStructure } from '../issue/signed-structure.ts'
import { generatePrivateKey } from '../keys/private-key.ts'
import type { PrivateKey } from '../keys/private-key.ts'
import { parseCertificate } from '../x509/certificate.ts'
import type { Certificate } from '../x509/certificate.ts'

/** A certificate issued as the service issues them, with its key. */
export interface IssuedWithKey {
  readonly certificate: Certificate
  readonly key: PrivateKey
}

type Kind = Parameters<typeof generatePrivateKey>[0]

export const issueWith = async (
  profile: ProfileName,
  name: string,
  kind: Kind,
  issuer?: IssuedWithKey,
  { publication = {}, ...input }: Partial<CertificateInput> & { publication?: ProfileOptions } = {},
): Promise<IssuedWithKey> => {
  const key = await generatePrivateKey(kind)
  const { extensions = [], ...rest } = input
  const prepared = prepareCertificate({
    subject: [
      ['C', 'CN'],
      ['O', '某某科技有限公司'],
      ['CN', name],
    ],
    spki: key.spki,
    notBefore: new Date('2026-01-01T00:00:00Z'),
    notAfter: new Date('2027-01-01T00:00:00Z'),
    ...(issuer === undefined ? {} : { issuer: issuer.certificate }),
    ...rest,
    extensions: [...profileExtensions(profile, { isRsa: kind.startsWith('rsa'), ...publication }), ...extensions],
  })
  return { key, certificate: parseCertificate(await signStructure(prepared, issuer?.key ?? key)) }
}
