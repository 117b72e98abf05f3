import { useTranslation } from 'react-i18next'
import { CodeText } from '../../ui/code-text.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { Facts } from '../../ui/facts.tsx'
import { Section } from '../../ui/page.tsx'
import { useAsk } from '../../ui/query.ts'
import { Loading } from '../../ui/states.tsx'

export const About = () => {
  const { t } = useTranslation()
  const info = useAsk('program.info', undefined)
  const content = () => {
    if (info.error) return <ErrorNotice error={info.error} onRetry={() => void info.refetch()} />
    if (!info.data) return <Loading />
    return (
      <>
        <Facts
          facts={[
            { label: t('common.product'), value: `${t('settings.about.version')} ${info.data.version}` },
            { label: t('settings.about.runtime'), value: `Electron ${info.data.electron}` },
            { label: t('settings.about.platform'), value: info.data.platform },
            {
              label: t('settings.about.data'),
              value: <CodeText value={info.data.dataPath} label={t('settings.about.data')} />,
            },
          ]}
        />
        <p className="about-privacy">{t('settings.about.privacy')}</p>
      </>
    )
  }
  return (
    <Section title={t('settings.about.title')}>
      <div className="panel about">{content()}</div>
    </Section>
  )
}
