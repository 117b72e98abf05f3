import { describe, expect, it } from 'vitest'
import type { JournalEntry } from '#contract/client.ts'
import { joinJournal } from './journal-rows.ts'

const entry = (seq: number, change: Partial<JournalEntry>): JournalEntry => ({
  seq,
  at: '2026-11-23T09:05:00.000Z',
  operationId: 'op_1',
  kind: 'document_sign',
  entry: 'intent',
  origin: 'https://a.example',
  systemCode: 'A',
  certificateSerial: '01',
  digest: 'd1',
  title: 'a.pdf',
  outcome: '',
  hash: String(seq),
  ...change,
})

describe('joinJournal', () => {
  it('joins an intent with its outcome, newest first, whatever the order of the entries', () => {
    const rows = joinJournal([
      entry(4, { operationId: 'op_2', entry: 'outcome', outcome: 'token.removed' }),
      entry(2, { entry: 'outcome', outcome: 'ok' }),
      entry(3, { operationId: 'op_2' }),
      entry(1, {}),
    ])
    expect(rows.map(({ result, intent, outcome }) => [result, intent?.seq, outcome?.seq])).toEqual([
      ['failed', 3, 4],
      ['ok', 1, 2],
    ])
  })

  it('gives two signatures of the same file in one operation an outcome each', () => {
    const rows = joinJournal([
      entry(1, {}),
      entry(2, {}),
      entry(3, { entry: 'outcome', outcome: 'ok' }),
      entry(4, { entry: 'outcome', outcome: 'token.error' }),
    ])
    expect(rows.map(({ result }) => result)).toEqual(['failed', 'ok'])
  })

  it('says that there is no result when the program ended in between', () => {
    expect(joinJournal([entry(1, {})])[0]?.result).toBe('open')
  })

  it('shows an outcome whose intent has not been read yet', () => {
    const [row] = joinJournal([entry(9, { entry: 'outcome', outcome: 'operation.cancelled_by_user' })])
    expect([row?.result, row?.intent, row?.entry.seq]).toEqual(['cancelled', null, 9])
  })
})
