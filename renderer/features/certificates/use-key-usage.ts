import { useTranslation } from 'react-i18next'

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

/** Names of RFC 5280 key usages in words; one that is not known is shown as it is. */
export const useKeyUsage = () => {
  const { t, i18n } = useTranslation()
  return (usages: readonly string[]): string => {
    if (usages.length === 0) return t('certificates.detail.noKeyUsage')
    const separator = i18n.language.startsWith('zh') ? '、' : ', '
    return usages
      .map((usage) => {
        const name = known.find((candidate) => candidate === usage)
        return name ? t(`words.keyUsage.${name}` as const) : usage
      })
      .join(separator)
  }
}
