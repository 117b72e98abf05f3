import { expect, it } from 'vitest'
import { AppError } from '#contract/errors.ts'
import { createFakeClock } from './fake-clock.ts'
import { createTokenLeases } from './token-lease.ts'

const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

it('tasks get a token one after another, in the order they came; other tokens are free', async () => {
  const leases = createTokenLeases(createFakeClock(), 1_000)
  const order: string[] = []
  const first = await leases.take('a')
  const waiting = ['second', 'third'].map((name) =>
    leases.take('a').then((release) => {
      order.push(name)
      return release
    }),
  )
  const elsewhere = await leases.take('b')
  await tick()
  expect(order).toEqual([])
  first()
  first()
  const second = await waiting[0]!
  await tick()
  expect(order).toEqual(['second'])
  second()
  const third = await waiting[1]!
  expect(order).toEqual(['second', 'third'])
  third()
  elsewhere()
  const again = await leases.take('a')
  again()
})

it('who waits too long is told that the key is busy, and does not keep its place', async () => {
  const clock = createFakeClock()
  const leases = createTokenLeases(clock, 1_000)
  const first = await leases.take('a')
  const late = expect(leases.take('a')).rejects.toMatchObject({ code: 'token.busy' })
  clock.advance(1_000)
  await late
  const next = leases.take('a')
  first()
  const release = await next
  release()
})

it('a cancelled task leaves the queue with the reason it was cancelled for', async () => {
  const leases = createTokenLeases(createFakeClock(), 1_000)
  const first = await leases.take('a')
  const controller = new AbortController()
  const second = leases.take('a', controller.signal)
  const third = leases.take('a')
  controller.abort(new AppError('operation.cancelled_by_user'))
  await expect(second).rejects.toMatchObject({ code: 'operation.cancelled_by_user' })
  await expect(leases.take('a', controller.signal)).rejects.toMatchObject({ code: 'operation.cancelled_by_user' })
  await expect(leases.take('b', AbortSignal.abort())).rejects.toMatchObject({ code: 'operation.cancelled_by_caller' })
  first()
  const release = await third
  release()
})
