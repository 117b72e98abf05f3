import { LoadingOutlined } from '@ant-design/icons'
import { Button, Progress } from 'antd'
import { useEffect, useRef, type Ref } from 'react'
import { useTranslation } from 'react-i18next'
import type { ConsentCertificate, ConsentView } from '#contract/client.ts'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { Notice } from '../../ui/notice.tsx'
import type { PinHandle } from '../../ui/pin-input.tsx'
import { fitting, needsPin, sealOf, type Blocker } from './approval.ts'
import { CertificateChoice } from './certificate-choice.tsx'
import { PinSection } from './pin-section.tsx'
import { ProblemNotice } from './problem-notice.tsx'
import { SealChoice } from './seal-choice.tsx'

interface Props {
  readonly view: ConsentView
  readonly certificate: ConsentCertificate | undefined
  /** The certificate whose PIN is typed, null while none can be used. */
  readonly pinFor: string | null
  readonly blocker: Blocker | null
  readonly isAsking: boolean
  readonly isHeld: boolean
  readonly callError: unknown
  readonly pinRef: Ref<PinHandle>
  readonly onChoose: (certificateId: string) => void
  readonly onPinLength: (length: number) => void
  readonly onApprove: () => void
  readonly onReject: () => void
}

const Working = ({ view, hasPinPad }: { readonly view: ConsentView; readonly hasPinPad: boolean }) => {
  const { t } = useTranslation()
  const { progress, subject } = view
  const title =
    subject.kind === 'login' || subject.kind === 'grant'
      ? t(`consent.working.${subject.kind}` as const)
      : t('consent.working.title')
  return (
    <div className="working" role="status">
      <div className="working-title">
        <LoadingOutlined aria-hidden /> {hasPinPad && progress === null ? t('consent.pin.padWorking') : title}
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
  )
}

/** The choices, the PIN and the two buttons. 放弃授权 has the focus when the question appears. */
export const DecisionPanel = ({ pinRef, pinFor, view, certificate, blocker, isAsking, isHeld, ...rest }: Props) => {
  const { callError, ...acts } = rest
  const { t } = useTranslation()
  const { subject } = view
  const unfit = certificate?.unfit ?? null
  const rejectButton = useRef<HTMLButtonElement>(null)
  // Also when it is asked again: the button that was pressed has gone meanwhile.
  useEffect(() => {
    if (isAsking) rejectButton.current?.focus()
  }, [isAsking])

  // Nothing to type a PIN for while no certificate can be used.
  const isPinShown = needsPin(view, certificate) && fitting(view.certificates).length > 0
  return (
    <aside className="decision">
      <div className="decision-choices">
        {subject.kind === 'grant' ? (
          <Notice tone="accent" title={t('consent.grant.noPin')} />
        ) : (
          <CertificateChoice view={view} chosenId={certificate?.id} isDisabled={!isAsking} onChoose={acts.onChoose} />
        )}
        {subject.kind === 'document_sign' && subject.wantsSeal && (
          <SealChoice view={view} chosenId={sealOf(view)} isDisabled={!isAsking} />
        )}
      </div>
      <div className="decision-act">
        {isAsking && callError !== null && <ErrorNotice error={callError} />}
        {isAsking && callError === null && view.error && (
          <ProblemNotice
            error={view.error}
            certificate={certificate ?? (view.certificates.length === 1 ? view.certificates[0] : undefined)}
          />
        )}
        {isAsking && view.error === null && unfit !== null && (
          <ProblemNotice error={{ code: unfit, details: {} }} certificate={certificate} />
        )}
        {isPinShown && (
          <PinSection
            key={pinFor}
            ref={pinRef}
            certificate={certificate}
            isDisabled={!isAsking || pinFor === null}
            onLength={acts.onPinLength}
            onEnter={acts.onApprove}
          />
        )}
        {certificate?.hasPinPad === true && isAsking && <p className="cell-note">{t('consent.pin.pad')}</p>}
        {isAsking ? (
          <>
            <p className="decision-why" id="decision-why" role="status">
              {blocker === null ? t('consent.notYet.ready') : t(`consent.notYet.${blocker}` as const)}
            </p>
            <div className="decision-buttons">
              <Button
                ref={rejectButton}
                size="large"
                onClick={(event) => {
                  // A key pressed for another window in the moment this one appeared decides nothing.
                  if (event.detail !== 0 || isHeld) acts.onReject()
                }}
              >
                {t('consent.reject')}
              </Button>
              <Button
                type="primary"
                size="large"
                disabled={blocker !== null}
                aria-describedby="decision-why"
                onClick={acts.onApprove}
              >
                {t('consent.approve')}
              </Button>
            </div>
          </>
        ) : (
          <Working view={view} hasPinPad={certificate?.hasPinPad === true} />
        )}
      </div>
    </aside>
  )
}
