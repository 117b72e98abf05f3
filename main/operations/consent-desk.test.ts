import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { ConsentView } from '#contract/client.ts'
import { createConsentDesk } from './consent-desk.ts'
import type { ConsentQuestion } from './ports.ts'

const calls: string[] = []
const surface = {
  show: () => calls.push('show'),
  changed: () => calls.push('changed'),
  hide: () => calls.push('hide'),
}

const ask = (id: string): ConsentQuestion => ({
  operationId: id,
  origin: 'https://a.example',
  documentIds: [`doc of ${id}`],
  view: () => ({ operationId: id }) as ConsentView,
  chooseSeal: () => undefined,
  approve: async () => {
    calls.push(`approve ${id}`)
  },
  reject: () => {
    calls.push(`reject ${id}`)
  },
  lost: () => {
    calls.push(`lost ${id}`)
  },
})

beforeEach(() => {
  calls.length = 0
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const create = () => createConsentDesk(surface, { resultMs: 60_000, hurriedResultMs: 3_000 })

describe('one consent window', () => {
  test('ok/questions are shown one at a time, in the order they came', () => {
    const desk = create()
    const first = desk.port.ask(ask('1'))
    desk.port.ask(ask('2'))
    expect(calls).toEqual(['show'])
    expect(desk.view()?.operationId).toBe('1')
    expect(desk.documentIds()).toEqual(['doc of 1'])
    first.end('gone')
    expect(desk.view()?.operationId).toBe('2')
    expect(calls).toEqual(['show', 'show'])
  })

  test('ok/the page of a waiting question goes away: it is never shown', () => {
    const desk = create()
    const first = desk.port.ask(ask('1'))
    desk.port.ask(ask('2')).end('gone')
    first.end('gone')
    expect(desk.view()).toBeNull()
    expect(calls).toEqual(['show', 'hide'])
  })

  test('ok/the page takes its question back: the window says so, then closes', () => {
    const desk = create()
    const first = desk.port.ask(ask('1'))
    first.end('notice')
    expect(calls).toEqual(['show', 'changed'])
    expect(desk.view()?.operationId).toBe('1')
    vi.advanceTimersByTime(6_001)
    expect(calls).toEqual(['show', 'changed', 'hide'])
  })

  test('ok/a result stays until it is closed, shorter when another one waits', () => {
    const desk = create()
    const first = desk.port.ask(ask('1'))
    first.end('result')
    expect(calls).toEqual(['show', 'changed'])
    vi.advanceTimersByTime(30_000)
    expect(desk.view()?.operationId).toBe('1')
    desk.port.ask(ask('2'))
    vi.advanceTimersByTime(3_001)
    expect(desk.view()?.operationId).toBe('2')
  })

  test('ok/closing a result opens the next question or closes the window', () => {
    const desk = create()
    desk.port.ask(ask('1')).end('result')
    desk.close()
    expect(calls.at(-1)).toBe('hide')
    desk.close()
    expect(calls.filter((call) => call === 'hide')).toHaveLength(1)
  })

  test('ok/the clock of a result that comes late answers no question', () => {
    const desk = create()
    desk.port.ask(ask('1')).end('result')
    desk.port.ask(ask('2'))
    vi.advanceTimersByTime(3_001)
    desk.dismiss()
    expect(desk.view()?.operationId).toBe('2')
    expect(calls).not.toContain('reject 2')
  })

  test('ok/a result is dismissed by its window', () => {
    const desk = create()
    desk.port.ask(ask('1')).end('result')
    desk.dismiss()
    expect(desk.view()).toBeNull()
    expect(calls.at(-1)).toBe('hide')
  })

  test('fail/closing the window while it asks is a refusal', () => {
    const desk = create()
    desk.port.ask(ask('1'))
    desk.close()
    expect(calls).toEqual(['show', 'reject 1'])
  })

  test('fail/losing the window while it asks is no refusal', () => {
    const desk = create()
    const handle = desk.port.ask(ask('1'))
    desk.lost()
    expect(calls).toEqual(['show', 'lost 1'])
    handle.end('gone')
    desk.lost()
    expect(calls).toEqual(['show', 'lost 1', 'hide'])
  })

  test('fail/an answer to a question that is not at hand is refused', async () => {
    const desk = create()
    desk.port.ask(ask('1'))
    desk.port.ask(ask('2'))
    const approval = { certificateId: null, sealId: null, scopes: null, pin: null }
    await expect(desk.approve('2', approval)).rejects.toMatchObject({ code: 'operation.not_found' })
    expect(() => desk.reject('2')).toThrow()
    await desk.approve('1', approval)
    expect(calls).toEqual(['show', 'approve 1'])
  })
})
