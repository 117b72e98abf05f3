import { useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import type { BridgeState } from '#contract/client.ts'
import { errorText } from '../../locales/error-text.ts'
import { BridgeText } from '../../ui/bridge-text.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { Section } from '../../ui/page.tsx'
import { useAct, useAsk } from '../../ui/query.ts'
import { Loading } from '../../ui/states.tsx'
import { useBridgeSwitch } from '../../ui/use-bridge-switch.ts'
import { useFailure } from '../../ui/use-failure.ts'

const BridgeWords = ({ bridge }: { readonly bridge: BridgeState }) => {
  const { t, i18n } = useTranslation()
  const failure = bridge.error && errorText(bridge.error.code, i18n.language)
  return (
    <>
      <div className="home-bridge-state">
        <BridgeText state={bridge.state} />
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
  const queries = useQueryClient()
  const fail = useFailure()
  const bridge = useAsk('bridge.state', undefined)
  const info = useAsk('program.info', undefined)
  const bridgeSwitch = useBridgeSwitch()
  const retry = useAct('bridge.retry')
  const openDemo = useAct('program.openDemo')

  const content = () => {
    if (bridge.error) return <ErrorNotice error={bridge.error} onRetry={() => void bridge.refetch()} />
    if (!bridge.data) return <Loading />
    const { state } = bridge.data
    return (
      <>
        <BridgeWords bridge={bridge.data} />
        <div className="home-bridge-actions">
          {state === 'ready' && <Button onClick={() => bridgeSwitch.turn(false)}>{t('home.bridge.pause')}</Button>}
          {state === 'paused' && (
            <Button type="primary" loading={bridgeSwitch.isPending} onClick={() => bridgeSwitch.turn(true)}>
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
          {state === 'ready' && info.data?.hasDemo === true && (
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
