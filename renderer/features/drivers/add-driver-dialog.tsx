import { useQueryClient } from '@tanstack/react-query'
import { App, Button, Input, Modal } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { DriverReport } from '#contract/client.ts'
import { errorText } from '../../locales/error-text.ts'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { Facts } from '../../ui/facts.tsx'
import { Notice } from '../../ui/notice.tsx'
import { useAct } from '../../ui/query.ts'
import { StateText } from '../../ui/state-text.tsx'
import { Loading } from '../../ui/states.tsx'

const Report = ({ report }: { readonly report: DriverReport }) => {
  const { t, i18n } = useTranslation()
  const failure = report.error && errorText(report.error.code, i18n.language)
  const slot = ({ description, tokenLabel }: DriverReport['slots'][number]) =>
    `${description}: ${tokenLabel ?? t('drivers.addForm.emptySlot')}`
  return (
    <div className="driver-report">
      <StateText tone={report.isUsable ? 'good' : 'danger'}>
        {report.isUsable ? t('drivers.addForm.usable') : t('drivers.addForm.unusable')}
      </StateText>
      {failure && (
        <p>
          <strong>{failure.what}</strong> {failure.next}
        </p>
      )}
      <Facts
        facts={[
          { label: t('drivers.addForm.file'), value: <code>{report.path}</code> },
          { label: t('drivers.addForm.architecture'), value: report.architecture },
          report.library === '' ? null : { label: t('drivers.addForm.library'), value: report.library },
          report.isUsable
            ? {
                label: t('drivers.addForm.slots'),
                value:
                  report.slots.length === 0 ? (
                    t('drivers.addForm.noSlots')
                  ) : (
                    <ul>
                      {report.slots.map((entry, index) => (
                        <li key={index}>{slot(entry)}</li>
                      ))}
                    </ul>
                  ),
              }
            : null,
        ]}
      />
    </div>
  )
}

/** Choose → try out in a process of its own → name → add (R15: the path comes from the system's dialog alone). */
const AddDriver = ({ onClose }: { readonly onClose: () => void }) => {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const queries = useQueryClient()
  const choose = useAct('drivers.choose')
  const add = useAct('drivers.add')
  const [report, setReport] = useState<DriverReport | null>(null)
  const [name, setName] = useState('')

  const pick = () =>
    choose.mutate(undefined, {
      onSuccess: (found) => {
        if (!found) return
        setReport(found)
        setName(found.library)
      },
      // What was found before belongs to another file.
      onError: () => setReport(null),
    })

  const submit = () => {
    if (!report?.isUsable || name.trim() === '') return
    add.mutate(
      { path: report.path, name: name.trim().slice(0, 100) },
      {
        onSuccess: () => {
          void message.success(t('drivers.added', { name: name.trim() }))
          void queries.invalidateQueries({ queryKey: ['keyring.get'] })
          onClose()
        },
      },
    )
  }

  return (
    <div className="driver-add">
      <Notice tone="warning" title={t('drivers.addForm.warning')} />
      {choose.error && <ErrorNotice error={choose.error} />}
      {add.error && <ErrorNotice error={add.error} />}
      {choose.isPending && <Loading text={t('drivers.addForm.choosing')} />}
      {report && !choose.isPending && <Report report={report} />}
      {report?.isUsable === true && !choose.isPending && (
        <div>
          <label htmlFor="driver-name">{t('drivers.addForm.name')}</label>
          <Input
            id="driver-name"
            value={name}
            maxLength={100}
            status={name.trim() === '' ? 'error' : ''}
            onChange={(event) => setName(event.target.value)}
            onPressEnter={submit}
          />
          <div className="cell-note">
            {name.trim() === '' ? t('drivers.addForm.nameRequired') : t('drivers.addForm.nameHint')}
          </div>
        </div>
      )}
      <div className="driver-add-actions">
        <Button onClick={onClose}>{t('common.cancel')}</Button>
        <Button type={report ? 'default' : 'primary'} loading={choose.isPending} onClick={pick}>
          {report ? t('drivers.addForm.chooseAgain') : t('drivers.addForm.choose')}
        </Button>
        {report?.isUsable === true && !choose.isPending && (
          <Button type="primary" disabled={name.trim() === ''} loading={add.isPending} onClick={submit}>
            {t('drivers.addForm.add')}
          </Button>
        )}
      </div>
    </div>
  )
}

export const AddDriverDialog = ({ isOpen, onClose }: { readonly isOpen: boolean; readonly onClose: () => void }) => {
  const { t } = useTranslation()
  return (
    <Modal
      open={isOpen}
      onCancel={onClose}
      footer={null}
      destroyOnHidden
      mask={{ closable: false }}
      width={560}
      title={t('drivers.addForm.title')}
    >
      <AddDriver onClose={onClose} />
    </Modal>
  )
}
