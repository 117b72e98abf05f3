import { useQueryClient } from '@tanstack/react-query'
import { App, AutoComplete, Button, Form, InputNumber, Modal } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { useAct } from '../../ui/query.ts'
import { useSealDraft } from './add-seal.store.ts'

interface Props {
  readonly isOpen: boolean
  readonly onClose: () => void
}

/** Name and real width; the picture is chosen in the system's own dialog, which main opens. */
export const AddSealDialog = ({ isOpen, onClose }: Props) => {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const queries = useQueryClient()
  const draft = useSealDraft()
  const add = useAct('seals.add')
  const [isChecked, setIsChecked] = useState(false)

  const name = draft.name.trim()
  const nameFault =
    name === '' ? t('seals.addForm.nameRequired') : name.length > 60 ? t('seals.addForm.nameTooLong') : ''
  const { widthMm } = draft
  const widthFault = widthMm === null || widthMm < 5 || widthMm > 200 ? t('seals.addForm.widthRange') : ''

  const close = () => {
    setIsChecked(false)
    add.reset()
    onClose()
  }

  const submit = () => {
    setIsChecked(true)
    if (nameFault !== '' || widthFault !== '' || widthMm === null) return
    add.mutate(
      { name, widthMm },
      {
        onSuccess: (seal) => {
          // Null: the file dialog was cancelled; the form stays as it is.
          if (!seal) return
          void message.success(t('seals.added', { name: seal.name }))
          void queries.invalidateQueries({ queryKey: ['seals.list'] })
          draft.clear()
          close()
        },
      },
    )
  }

  return (
    <Modal
      open={isOpen}
      onCancel={close}
      title={t('seals.addForm.title')}
      width={480}
      mask={{ closable: false }}
      footer={
        <>
          <Button onClick={close}>{t('common.cancel')}</Button>
          <Button type="primary" loading={add.isPending} onClick={submit}>
            {t('seals.addForm.choose')}
          </Button>
        </>
      }
    >
      <Form layout="vertical" onFinish={submit}>
        {add.error && <ErrorNotice error={add.error} />}
        <Form.Item
          label={t('seals.addForm.name')}
          htmlFor="seal-name"
          required
          {...(isChecked && nameFault !== '' ? { validateStatus: 'error', help: nameFault } : {})}
        >
          <AutoComplete
            id="seal-name"
            value={draft.name}
            onChange={(value: string) => draft.change({ name: value })}
            options={t('seals.addForm.suggestions', { returnObjects: true }).map((value) => ({ value }))}
            placeholder={t('seals.addForm.nameHint')}
          />
        </Form.Item>
        <Form.Item
          label={t('seals.addForm.width')}
          htmlFor="seal-width"
          required
          extra={t('seals.addForm.widthHint')}
          {...(isChecked && widthFault !== '' ? { validateStatus: 'error', help: widthFault } : {})}
        >
          <InputNumber
            id="seal-width"
            min={1}
            max={1000}
            step={1}
            value={widthMm}
            onChange={(value) => draft.change({ widthMm: value })}
          />
        </Form.Item>
        {add.isPending && (
          <p className="cell-note" role="status">
            {t('seals.addForm.choosing')}
          </p>
        )}
      </Form>
    </Modal>
  )
}
