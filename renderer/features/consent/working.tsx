import { LoadingOutlined } from '@ant-design/icons'
import { Button, Progress } from 'antd'
import { useTranslation } from 'react-i18next'
import type { ConsentView } from '#contract/client.ts'

interface Props {
  readonly view: ConsentView
  readonly hasPinPad: boolean
  readonly isStopping: boolean
  readonly onStop: () => void
}

/** How far the work is, and the way out of it. */
export const Working = ({ view, hasPinPad, isStopping, onStop }: Props) => {
  const { t } = useTranslation()
  const { progress, subject } = view
  const title = () => {
    if (isStopping) return t('consent.working.stopping')
    if (hasPinPad && progress === null) return t('consent.pin.padWorking')
    return subject.kind === 'login' || subject.kind === 'grant'
      ? t(`consent.working.${subject.kind}` as const)
      : t('consent.working.title')
  }
  return (
    <>
      <div className="working" role="status">
        <div className="working-title">
          <LoadingOutlined aria-hidden /> {title()}
        </div>
        {progress && progress.total > 1 ? (
          <>
            <Progress
              percent={Math.round((progress.done / progress.total) * 100)}
              showInfo={false}
              aria-label={t('consent.working.progress', progress)}
            />
            <span>{t('consent.working.progress', progress)}</span>
          </>
        ) : (
          <span>{t('consent.working.starting')}</span>
        )}
      </div>
      <div className="decision-buttons">
        {/* Where 放弃授权 stood, so that a double click on the other button stops nothing. */}
        <Button size="large" disabled={isStopping} onClick={onStop}>
          {t('common.cancel')}
        </Button>
      </div>
    </>
  )
}
