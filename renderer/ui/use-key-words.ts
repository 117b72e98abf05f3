import { useTranslation } from 'react-i18next'
import type { CertificateSummary } from '#contract/certificates.ts'

const known = [
  'digitalSignature',
  'nonRepudiation',
  'contentCommitment',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
  'encipherOnly',
  'decipherOnly',
] as const

/** What tells certificates of one holder apart: algorithm and RFC 5280 key usage; an unknown usage is shown as it is. */
export const useKeyWords = () => {
  const { t } = useTranslation()

  const usage = (usages: readonly string[]): string => {
    if (usages.length === 0) return t('certificates.detail.noKeyUsage')
    const separator = t('common.listSeparator')
    return usages
      .map((one) => {
        const name = known.find((candidate) => candidate === one)
        return name ? t(`words.keyUsage.${name}` as const) : one
      })
      .join(separator)
  }

  const algorithm = ({ keyType, keyBits }: Pick<CertificateSummary, 'keyType' | 'keyBits'>): string =>
    t('words.keyBits', { type: t(`words.keyType.${keyType}` as const), bits: keyBits })

  return { usage, algorithm }
}
