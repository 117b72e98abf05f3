import { Button, Segmented } from 'antd'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { Page } from '../../ui/page.tsx'
import { useAsk } from '../../ui/query.ts'
import { SearchField } from '../../ui/search-field.tsx'
import { Empty, Loading } from '../../ui/states.tsx'
import { useNow } from '../../ui/use-now.ts'
import { useSearchState } from '../../ui/use-search-state.ts'
import { CertificateDrawer } from './certificate-drawer.tsx'
import { CertificateTable } from './certificate-table.tsx'
import { countByState, filterCertificates, stateFilters, toStateFilter } from './filter-certificates.ts'
import { PinDialog } from './pin-dialog.tsx'

/** F9: every certificate known here, its detail, export, PIN change and unlock. */
export const CertificatesScreen = () => {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const now = useNow(60_000)
  const [stateText, setState] = useSearchState('state')
  const [search] = useSearchState('q')
  const [openId, setOpenId] = useSearchState('id')
  const [changeId, setChangeId] = useSearchState('change')
  const [unlockId, setUnlockId] = useSearchState('unlock')
  const certificates = useAsk('certificates.list', undefined)
  const keyring = useAsk('keyring.get', undefined)
  const tokens = keyring.data?.tokens ?? []
  const filter = toStateFilter(stateText)

  const content = () => {
    if (certificates.error)
      return <ErrorNotice error={certificates.error} onRetry={() => void certificates.refetch()} />
    if (!certificates.data) return <Loading />
    if (certificates.data.length === 0)
      return (
        <div className="panel">
          <Empty
            title={t('certificates.empty')}
            hint={t('certificates.emptyHint')}
            action={<Button onClick={() => void navigate('/drivers')}>{t('certificates.toDiagnosis')}</Button>}
          />
        </div>
      )
    const counts = countByState(certificates.data, now)
    const rows = filterCertificates(certificates.data, filter, search, now)
    return (
      <>
        <div className="toolbar">
          <Segmented
            aria-label={t('certificates.filter')}
            value={filter}
            onChange={(value) => setState(value === 'all' ? '' : value)}
            options={stateFilters.map((value) => ({
              value,
              label: `${t(`certificates.states.${value}` as const)} ${counts[value]}`,
            }))}
          />
          <SearchField placeholder={t('certificates.searchHint')} />
        </div>
        <div className="panel">
          {rows.length === 0 ? (
            <Empty
              title={t('certificates.emptyFiltered')}
              hint={t('certificates.emptyFilteredHint')}
              action={<Button onClick={() => void navigate('/certificates')}>{t('certificates.clearFilter')}</Button>}
            />
          ) : (
            <CertificateTable certificates={rows} onOpen={setOpenId} />
          )}
        </div>
      </>
    )
  }

  const opened = certificates.data?.find((certificate) => certificate.id === openId)
  const openedToken = tokens.find((token) => token.id === opened?.tokenId)
  return (
    <Page title={t('certificates.title')} subtitle={t('certificates.subtitle')}>
      {content()}
      <CertificateDrawer
        certificate={opened}
        token={openedToken}
        onClose={() => setOpenId('')}
        onChangePin={setChangeId}
        onUnlockPin={setUnlockId}
      />
      <PinDialog kind="change" token={tokens.find((token) => token.id === changeId)} onClose={() => setChangeId('')} />
      <PinDialog kind="unlock" token={tokens.find((token) => token.id === unlockId)} onClose={() => setUnlockId('')} />
    </Page>
  )
}
