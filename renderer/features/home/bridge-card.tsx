import { useQueryClient } from '@tanstack/react-query'
import { App, Button } from 'antd'
import { useTranslation } from 'react-i18next'
import type { BridgeState } from '#contract/client.ts'
import { errorText } from '../../locales/error-text.ts'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { Section } from '../../ui/page.tsx'
import { useAct, useAsk } from '../../ui/query.ts'
import { StateText } from '../../ui/state-text.tsx'
import { Loading } from '../../ui/states.tsx'
import { useFailure } from '../../ui/use-failure.ts'

const tones = { ready: 'good', starting: 'neutral', paused: 'warning', failed: 'danger' } as const

const BridgeWords = ({ bridge }: { readonly bridge: BridgeState }) => {
  const { t, i18n } = useTranslation()
  const failure = bridge.error && errorText(bridge.error.code, i18n.language)
  return (
    <>
      <div className="home-bridge-state">
        <StateText tone={tones[bridge.state]}>{t(`home.bridge.${bridge.state}` as const)}</StateText>
        {bridge.state === 'ready' && bridge.port !== null && (
          <code>{t('home.bridge.address', { port: bridge.port })}</code>
        )}
      </div>
      {bridge.state === 'failed' ? (
        <p className="home-bridge-failure" role="alert">
          <strong>{failure?.what}</strong> {failure?.next}
        </p>
      ) : (
        <p>{t(`home.bridge.${bridge.state}Hint` as const)}</p>
      )}
      {bridge.pending > 0 && (
        <p className="home-bridge-pending" role="status">
          {t('home.bridge.pending', { n: bridge.pending })}
        </p>
      )}
    </>
  )
}

/** The signing bridge: its state, pause and resume, and the way out when it did not start. */
export const BridgeCard = () => {
  const { t } = useTranslation()
  const { modal } = App.useApp()
  const queries = useQueryClient()
  const fail = useFailure()
  const bridge = useAsk('bridge.state', undefined)
  const setSettings = useAct('settings.set')
  const retry = useAct('bridge.retry')
  const openDemo = useAct('program.openDemo')

  const enable = (isBridgeEnabled: boolean) =>
    setSettings.mutateAsync({ isBridgeEnabled }).then(() => {
      void queries.invalidateQueries({ queryKey: ['bridge.state'] })
      void queries.invalidateQueries({ queryKey: ['settings.get'] })
    }, fail)

  const pause = () => {
    modal.confirm({
      title: t('home.bridge.pauseConfirm'),
      content: t('home.bridge.pauseConfirmHint'),
      okText: t('home.bridge.pause'),
      focusable: { autoFocusButton: 'cancel' },
      onOk: () => enable(false),
    })
  }

  const content = () => {
    if (bridge.error) return <ErrorNotice error={bridge.error} onRetry={() => void bridge.refetch()} />
    if (!bridge.data) return <Loading />
    const { state } = bridge.data
    return (
      <>
        <BridgeWords bridge={bridge.data} />
        <div className="home-bridge-actions">
          {state === 'ready' && <Button onClick={pause}>{t('home.bridge.pause')}</Button>}
          {state === 'paused' && (
            <Button type="primary" loading={setSettings.isPending} onClick={() => void enable(true)}>
              {t('home.bridge.resume')}
            </Button>
          )}
          {state === 'failed' && (
            <Button
              type="primary"
              loading={retry.isPending}
              onClick={() =>
                retry.mutate(undefined, {
                  onSuccess: (value) => queries.setQueryData(['bridge.state', null], value),
                  onError: fail,
                })
              }
            >
              {t('home.bridge.retry')}
            </Button>
          )}
          {state === 'ready' && (
            <Button
              type="link"
              title={t('home.bridge.demoHint')}
              onClick={() => openDemo.mutate(undefined, { onError: fail })}
            >
              {t('home.bridge.demo')}
            </Button>
          )}
        </div>
      </>
    )
  }

  return (
    <Section title={t('home.bridge.title')}>
      <div className="panel home-bridge">{content()}</div>
    </Section>
  )
}
