import { CheckOutlined, CopyOutlined } from '@ant-design/icons'
import { Button, Tooltip } from 'antd'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { copyText } from './copy-text.ts'

interface Props {
  readonly value: string
  /** How it is shown, such as in groups of four; what is copied is `value`. */
  readonly shown?: string
  /** What it is, for the button's name. */
  readonly label: string
}

/** A serial, code or digest: monospaced, breaking anywhere between groups, with a copy button. */
export const CodeText = ({ value, shown = value, label }: Props) => {
  const { t } = useTranslation()
  const [isCopied, setIsCopied] = useState(false)
  useEffect(() => {
    if (!isCopied) return
    const timer = setTimeout(() => setIsCopied(false), 2000)
    return () => clearTimeout(timer)
  }, [isCopied])

  const copy = async () => setIsCopied(await copyText(value))
  const name = isCopied ? t('common.copied') : t('common.copyOf', { what: label })
  return (
    <span className="code-text">
      <code>{shown}</code>
      <Tooltip title={name}>
        <Button
          type="text"
          size="small"
          icon={isCopied ? <CheckOutlined /> : <CopyOutlined />}
          aria-label={name}
          onClick={(event) => {
            event.stopPropagation()
            void copy()
          }}
        />
      </Tooltip>
    </span>
  )
}
