import { Button, Table, type TableColumnsType } from 'antd'
import { useTranslation } from 'react-i18next'
import type { CertificateSummary } from '#contract/certificates.ts'
import { formatDate } from '../../ui/format.ts'
import { Organization } from '../../ui/organization.tsx'
import { StateText } from '../../ui/state-text.tsx'
import { useCertificateWords } from '../../ui/use-certificate-words.ts'
import { useKeyWords } from '../../ui/use-key-words.ts'

interface Props {
  readonly certificates: readonly CertificateSummary[]
  readonly onOpen: (id: string) => void
}

export const CertificateTable = ({ certificates, onOpen }: Props) => {
  const { t } = useTranslation()
  const words = useCertificateWords()
  const key = useKeyWords()
  const columns: TableColumnsType<CertificateSummary> = [
    {
      key: 'holder',
      title: t('certificates.columns.holder'),
      render: (_, { id, subject, identity, kind, keyType, keyBits }) => (
        <>
          <Button type="link" className="cell-link" onClick={() => onOpen(id)}>
            {subject.commonName}
          </Button>
          <Organization subject={subject} />
          <div className="cell-note">
            {t(`words.identity.${identity}` as const)} · {t(`words.certificateKind.${kind}` as const)} ·{' '}
            {key.algorithm({ keyType, keyBits })}
          </div>
        </>
      ),
    },
    {
      key: 'authority',
      title: t('certificates.columns.authority'),
      width: '22%',
      render: (_, { issuer }) => issuer.commonName,
    },
    {
      key: 'validity',
      title: t('certificates.columns.validity'),
      width: 152,
      render: (_, certificate) => (
        <>
          <div>{formatDate(certificate.notAfter)}</div>
          <div className="cell-note">{words.remaining(certificate)}</div>
        </>
      ),
    },
    {
      key: 'state',
      title: t('certificates.columns.state'),
      width: 112,
      render: (_, certificate) => {
        const { tone, text } = words.state(certificate)
        return <StateText tone={tone}>{text}</StateText>
      },
    },
    {
      key: 'medium',
      title: t('certificates.columns.medium'),
      width: 152,
      render: (_, { isPluggedIn, tokenLabel }) => (
        <>
          <div>{isPluggedIn ? t('words.pluggedIn') : t('words.notPluggedIn')}</div>
          {tokenLabel !== null && <div className="cell-note">{tokenLabel}</div>}
        </>
      ),
    },
  ]
  return (
    <Table<CertificateSummary>
      size="middle"
      tableLayout="fixed"
      rowKey="id"
      columns={columns}
      dataSource={[...certificates]}
      pagination={certificates.length > 50 ? { pageSize: 50, showSizeChanger: false } : false}
      rowClassName="row-openable"
      onRow={({ id }) => ({ onClick: () => onOpen(id) })}
    />
  )
}
