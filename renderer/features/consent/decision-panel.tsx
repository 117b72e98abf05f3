import { Button, Checkbox } from 'antd'
import { useEffect, useRef, type Ref } from 'react'
import { useTranslation } from 'react-i18next'
import type { ConsentCertificate, ConsentView } from '#contract/client.ts'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { Notice } from '../../ui/notice.tsx'
import type { PinHandle } from '../../ui/pin-input.tsx'
import { fitting, leastPin, needsPin, sealOf, type Blocker } from './approval.ts'
import { CertificateChoice } from './certificate-choice.tsx'
import { PinSection } from './pin-section.tsx'
import { ProblemNotice } from './problem-notice.tsx'
import { SealChoice } from './seal-choice.tsx'
import { Working } from './working.tsx'
import './decision.css'

interface Props {
  readonly view: ConsentView
  readonly certificate: ConsentCertificate | undefined
  /** The certificate whose PIN is typed, null while none can be used. */
  readonly pinFor: string | null
  readonly blocker: Blocker | null
  readonly isAsking: boolean
  readonly isHeld: boolean
  readonly isStopping: boolean
  /** Set while a page could not be shown: whether the person signs all the same. */
  readonly unseen: { readonly isAccepted: boolean; readonly accept: (isAccepted: boolean) => void } | null
  readonly callError: unknown
  readonly pinRef: Ref<PinHandle>
  readonly onSealChanging: (isChanging: boolean) => void
  readonly onChoose: (certificateId: string) => void
  readonly onPinLength: (length: number) => void
  readonly onApprove: () => void
  readonly onReject: () => void
}

/** The choices, the PIN and the two buttons. 放弃授权 has the focus when the question appears. */
export const DecisionPanel = (props: Props) => {
  const { view, certificate, pinFor, blocker, isAsking, isHeld, isStopping, unseen, callError, pinRef, ...acts } = props
  const { t } = useTranslation()
  const { subject } = view
  const unfit = certificate?.unfit ?? null
  const rejectButton = useRef<HTMLButtonElement>(null)
  // Also when it is asked again: the button that was pressed has gone meanwhile.
  useEffect(() => {
    if (isAsking) rejectButton.current?.focus()
  }, [isAsking])

  // Nothing to type a PIN for while no certificate can be used.
  const problem = view.error ?? (unfit === null ? null : { code: unfit, details: {} })
  const why = () => {
    if (blocker === null) return t('consent.notYet.ready')
    if (blocker === 'pinShort') return t('consent.pin.tooShort', { n: leastPin(certificate) })
    return t(`consent.notYet.${blocker}` as const)
  }
  const isPinShown = needsPin(view, certificate) && fitting(view.certificates).length > 0
  return (
    <aside className="decision">
      <div className="decision-choices">
        {subject.kind === 'document_sign' && subject.wantsSeal && (
          <SealChoice view={view} chosenId={sealOf(view)} isDisabled={!isAsking} onChanging={acts.onSealChanging} />
        )}
        {subject.kind === 'grant' ? (
          <Notice tone="accent" title={t('consent.grant.noPin')} />
        ) : (
          <CertificateChoice
            view={view}
            chosenId={certificate?.id}
            isDisabled={!isAsking}
            isTold={problem !== null}
            onChoose={acts.onChoose}
          />
        )}
      </div>
      <div className="decision-act">
        {callError !== null && <ErrorNotice error={callError} />}
        {isAsking && callError === null && problem && (
          <ProblemNotice
            error={problem}
            certificate={certificate ?? (view.certificates.length === 1 ? view.certificates[0] : undefined)}
          />
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
            {unseen && (
              <Checkbox
                className="decision-unseen"
                checked={unseen.isAccepted}
                onChange={(event) => unseen.accept(event.target.checked)}
              >
                {t('consent.documents.signUnseen')}
              </Checkbox>
            )}
            <p className="decision-why" id="decision-why" role="status">
              {why()}
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
          <Working
            view={view}
            hasPinPad={certificate?.hasPinPad === true}
            isStopping={isStopping}
            onStop={acts.onReject}
          />
        )}
      </div>
    </aside>
  )
}
