import { Drawer } from 'antd'
import { useTranslation } from 'react-i18next'
import { CodeText } from '../../ui/code-text.tsx'
import { Facts } from '../../ui/facts.tsx'
import { formatTimeWithSeconds, groupHex } from '../../ui/format.ts'
import { JournalResult } from '../../ui/journal-result.tsx'
import type { JournalRow } from '../../ui/journal-rows.ts'
import { Notice } from '../../ui/notice.tsx'

interface Props {
  readonly row: JournalRow | undefined
  readonly onClose: () => void
}

const Detail = ({ row }: { readonly row: JournalRow }) => {
  const { t } = useTranslation()
  const { entry, intent, outcome } = row
  const code = (label: string, value: string, shown = value) => ({
    label,
    value: <CodeText value={value} shown={shown} label={label} />,
  })
  return (
    <>
      {row.result === 'open' && <Notice tone="warning" title={t('journal.openHint')} />}
      <div className="journal-facts">
        <Facts
          facts={[
            { label: t('journal.columns.outcome'), value: <JournalResult row={row} /> },
            { label: t('journal.columns.operation'), value: t(`words.operation.${entry.kind}` as const) },
            { label: t('journal.columns.title'), value: entry.title === '' ? t('journal.noTitle') : entry.title },
            intent && { label: t('journal.intentAt'), value: formatTimeWithSeconds(intent.at) },
            outcome && { label: t('journal.outcomeAt'), value: formatTimeWithSeconds(outcome.at) },
            code(t('journal.origin'), entry.origin),
            { label: t('words.systemCode'), value: entry.systemCode },
            code(t('journal.columns.certificate'), entry.certificateSerial, groupHex(entry.certificateSerial)),
            entry.digest === '' ? null : code(t('journal.digest'), entry.digest, groupHex(entry.digest)),
            code(t('journal.operationId'), entry.operationId),
            code(t('journal.entryHash'), (outcome ?? entry).hash, groupHex((outcome ?? entry).hash)),
          ]}
        />
      </div>
    </>
  )
}

export const JournalDrawer = ({ row, onClose }: Props) => {
  const { t } = useTranslation()
  return (
    <Drawer open={row !== undefined} onClose={onClose} size={560} title={t('journal.detail')}>
      {row && <Detail row={row} />}
    </Drawer>
  )
}
