import { Button, Table, type TableColumnsType } from 'antd'
import { useTranslation } from 'react-i18next'
import { formatTimeWithSeconds, groupHex } from '../../ui/format.ts'
import { JournalResult } from '../../ui/journal-result.tsx'
import type { JournalRow } from '../../ui/journal-rows.ts'

interface Props {
  readonly rows: readonly JournalRow[]
  readonly onOpen: (key: string) => void
}

export const JournalTable = ({ rows, onOpen }: Props) => {
  const { t } = useTranslation()
  const columns: TableColumnsType<JournalRow> = [
    {
      key: 'time',
      title: t('journal.columns.time'),
      width: 160,
      render: (_, { entry }) => <time dateTime={entry.at}>{formatTimeWithSeconds(entry.at)}</time>,
    },
    {
      key: 'title',
      title: t('journal.columns.title'),
      render: (_, { key, entry }) => (
        <>
          <Button type="link" className="cell-link" onClick={() => onOpen(key)}>
            {entry.title === '' ? t('journal.noTitle') : entry.title}
          </Button>
          <div className="cell-note">{t(`words.operation.${entry.kind}` as const)}</div>
        </>
      ),
    },
    {
      key: 'platform',
      title: t('journal.columns.platform'),
      width: '29%',
      render: (_, { entry }) => (
        <>
          <div>{entry.origin}</div>
          <div className="cell-note">{entry.systemCode}</div>
        </>
      ),
    },
    {
      key: 'certificate',
      title: t('journal.columns.certificate'),
      width: 168,
      // Narrow windows leave the room to the file's name; the detail has the serial number.
      responsive: ['xl'],
      render: (_, { entry }) => <code>{groupHex(entry.certificateSerial)}</code>,
    },
    {
      key: 'outcome',
      title: t('journal.columns.outcome'),
      width: 144,
      render: (_, row) => <JournalResult row={row} />,
    },
  ]
  return (
    <Table<JournalRow>
      size="small"
      tableLayout="fixed"
      rowKey="key"
      columns={columns}
      dataSource={[...rows]}
      pagination={rows.length > 50 ? { pageSize: 50, showSizeChanger: false } : false}
      rowClassName="row-openable"
      onRow={({ key }) => ({ onClick: () => onOpen(key) })}
    />
  )
}
