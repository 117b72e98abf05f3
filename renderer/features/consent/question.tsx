import { useCallback, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ConsentView, Settings } from '#contract/client.ts'
import { ask } from '../../ui/ipc.ts'
import { wipe } from '../../ui/pin-bytes.ts'
import type { PinHandle } from '../../ui/pin-input.tsx'
import { useNow } from '../../ui/use-now.ts'
import { blockerOf, chosenCertificate, needsPin, sealOf, type Draft } from './approval.ts'
import { ConsentHeader } from './consent-header.tsx'
import { useConsent } from './consent.store.ts'
import { DecisionPanel } from './decision-panel.tsx'
import { SubjectView } from './subject-view.tsx'
import { useEscape } from './use-escape.ts'
import { useForeground } from './use-foreground.ts'
import { useSeenPages } from './use-seen-pages.ts'

interface Props {
  readonly view: ConsentView
  readonly settings: Settings | undefined
}

const emptyDraft = (view: ConsentView): Draft => ({
  certificateId: null,
  scopes: view.subject.kind === 'grant' ? view.subject.scopes : [],
  pinLength: 0,
})

/** One operation from the question to the end of the work; made anew for each, so that nothing is carried over. */
export const Question = ({ view, settings }: Props) => {
  const { t } = useTranslation()
  const refresh = useConsent((session) => session.refresh)
  const [draft, setDraft] = useState(() => emptyDraft(view))
  const pages = useSeenPages(view.subject.kind === 'document_sign')
  const [isSealChanging, setIsSealChanging] = useState(false)
  const [isSending, setIsSending] = useState(false)
  const [isStopping, setIsStopping] = useState(false)
  const [callError, setCallError] = useState<unknown>(null)
  const pin = useRef<PinHandle>(null)
  const foreground = useForeground()
  const now = useNow(500)

  const certificate = chosenCertificate(view, draft)
  const isAsking = view.phase === 'asking' && !isSending
  const isUnseen = pages.unseen.length > 0
  const blocker = blockerOf(view, draft, {
    now,
    isPreviewSettled: pages.isSettled,
    isUnseen: isUnseen && !pages.isAccepted,
    isSealChanging,
    ...foreground,
  })

  // A PIN belongs to the key it was typed for. Another choice, also one that jumped by itself, a key that is gone and one
  // that came back each get a field of their own, without the letters and without the focus of the one before.
  const pinFor = certificate?.unfit === null ? certificate.id : null
  const [typedFor, setTypedFor] = useState(pinFor)
  if (typedFor !== pinFor) {
    setTypedFor(pinFor)
    setDraft({ ...draft, pinLength: 0 })
  }

  // Asked again after a wrong PIN: the next thing to do is to type it.
  const isAgain = isAsking && view.error !== null
  useEffect(() => {
    if (isAgain) pin.current?.focus()
  }, [isAgain])

  const approve = async () => {
    if (!isAsking || blocker !== null) return
    const bytes = needsPin(view, certificate) ? (pin.current?.read() ?? null) : null
    pin.current?.clear()
    setIsSending(true)
    setIsStopping(false)
    // From now on it is this one, also when the answer makes it unfit: the error is about it.
    setDraft((before) => ({ ...before, certificateId: certificate?.id ?? null }))
    setCallError(null)
    try {
      await ask('consent.approve', {
        operationId: view.operationId,
        certificateId: view.subject.kind === 'grant' ? null : (certificate?.id ?? null),
        sealId: sealOf(view),
        pin: bytes,
        scopes: view.subject.kind === 'grant' ? [...draft.scopes] : null,
      })
    } catch (error) {
      setCallError(error)
    } finally {
      if (bytes) wipe(bytes)
      await refresh()
      setIsSending(false)
    }
  }

  const reject = useCallback(async () => {
    pin.current?.clear()
    setIsStopping(true)
    try {
      await ask('consent.reject', { operationId: view.operationId })
    } catch (error) {
      setIsStopping(false)
      setCallError(error)
    }
  }, [view.operationId])
  useEscape(isAsking && foreground.isHeld, () => void reject())

  return (
    <main className="consent" aria-label={t('consent.windowTitle')}>
      <ConsentHeader view={view} now={now} />
      <div className="consent-body">
        <div className="consent-subject">
          <SubjectView
            view={view}
            scopes={draft.scopes}
            days={settings?.grantDays}
            isDisabled={!isAsking}
            onScopes={(scopes) => setDraft({ ...draft, scopes })}
            onPage={pages.note}
          />
        </div>
        <DecisionPanel
          view={view}
          certificate={certificate}
          pinFor={pinFor}
          blocker={blocker}
          isAsking={isAsking}
          isHeld={foreground.isHeld}
          isStopping={isStopping}
          unseen={isUnseen ? pages : null}
          onSealChanging={setIsSealChanging}
          callError={callError}
          pinRef={pin}
          onChoose={(certificateId) => setDraft((before) => ({ ...before, certificateId }))}
          onPinLength={(pinLength) => setDraft((before) => ({ ...before, pinLength }))}
          onApprove={() => void approve()}
          onReject={() => void reject()}
        />
      </div>
    </main>
  )
}
