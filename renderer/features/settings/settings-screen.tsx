import { useQueryClient } from '@tanstack/react-query'
import { InputNumber, Segmented, Switch } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Settings } from '#contract/client.ts'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { Page, Section } from '../../ui/page.tsx'
import { useAct, useAsk } from '../../ui/query.ts'
import { Loading } from '../../ui/states.tsx'
import { useBridgeSwitch } from '../../ui/use-bridge-switch.ts'
import { useFailure } from '../../ui/use-failure.ts'
import { About } from './about.tsx'
import { SettingRow } from './setting-row.tsx'
import './settings.css'

type Change = (change: Partial<Settings>) => void

const GrantDays = ({ days, onChange }: { readonly days: number; readonly onChange: Change }) => {
  const { t } = useTranslation()
  const [typed, setTyped] = useState<number | null>(days)
  const save = () => {
    if (typed === null || !Number.isInteger(typed) || typed < 1 || typed > 365) setTyped(days)
    else if (typed !== days) onChange({ grantDays: typed })
  }
  return (
    <InputNumber
      id="grant-days"
      min={1}
      max={365}
      precision={0}
      value={typed}
      suffix={t('settings.bridge.days')}
      onChange={setTyped}
      onBlur={save}
      onPressEnter={save}
    />
  )
}

const SettingsForm = ({ settings, onChange }: { readonly settings: Settings; readonly onChange: Change }) => {
  const { t } = useTranslation()
  const bridgeSwitch = useBridgeSwitch()
  return (
    <>
      <Section title={t('settings.bridge.title')}>
        <div className="panel">
          <SettingRow id="bridge-enabled" label={t('settings.bridge.enabled')} hint={t('settings.bridge.enabledHint')}>
            <Switch
              id="bridge-enabled"
              checked={settings.isBridgeEnabled}
              loading={bridgeSwitch.isPending}
              onChange={bridgeSwitch.turn}
            />
          </SettingRow>
          <SettingRow id="grant-days" label={t('settings.bridge.grantDays')} hint={t('settings.bridge.grantDaysHint')}>
            <GrantDays key={settings.grantDays} days={settings.grantDays} onChange={onChange} />
          </SettingRow>
        </div>
      </Section>
      <Section title={t('settings.look.title')}>
        <div className="panel">
          <SettingRow label={t('settings.look.theme')}>
            <Segmented
              aria-label={t('settings.look.theme')}
              value={settings.theme}
              onChange={(theme) => onChange({ theme })}
              options={(['system', 'light', 'dark'] as const).map((value) => ({
                value,
                label: t(`settings.look.themes.${value}` as const),
              }))}
            />
          </SettingRow>
          <SettingRow label={t('settings.look.language')}>
            <Segmented
              aria-label={t('settings.look.language')}
              value={settings.language}
              onChange={(language) => onChange({ language })}
              options={(['zh-CN', 'en'] as const).map((value) => ({
                value,
                label: t(`settings.look.languages.${value}` as const),
              }))}
            />
          </SettingRow>
        </div>
      </Section>
      <Section title={t('settings.start.title')}>
        <div className="panel">
          <SettingRow id="start-at-login" label={t('settings.start.atLogin')} hint={t('settings.start.atLoginHint')}>
            <Switch
              id="start-at-login"
              checked={settings.startAtLogin}
              onChange={(startAtLogin) => onChange({ startAtLogin })}
            />
          </SettingRow>
        </div>
      </Section>
    </>
  )
}

/** F15.12: saved at once; what could not be saved jumps back and says why. */
export const SettingsScreen = () => {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const fail = useFailure()
  const settings = useAsk('settings.get', undefined)
  const save = useAct('settings.set')

  const change: Change = (values) =>
    save.mutate(values, {
      onSuccess: (saved) => queries.setQueryData(['settings.get', null], saved),
      onError: fail,
    })

  const content = () => {
    if (settings.error) return <ErrorNotice error={settings.error} onRetry={() => void settings.refetch()} />
    if (!settings.data) return <Loading />
    return <SettingsForm settings={settings.data} onChange={change} />
  }

  return (
    <Page title={t('settings.title')}>
      {content()}
      <About />
    </Page>
  )
}
