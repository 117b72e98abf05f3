import { expect, test } from 'vitest'
import type { MessagePortMain } from './message-ports.ts'
import { MessageChannelMain } from './message-ports.ts'
import type { WireMessage } from './wire.ts'
import { createWire } from './wire.ts'

interface Event {
  data: unknown
  ports: MessagePortMain[]
}

const next = (port: MessagePortMain): Promise<Event> =>
  new Promise((resolve) => {
    port.once('message', resolve)
    port.start()
  })

test('messages wait until the port is started and are copies', async () => {
  const { port1, port2 } = new MessageChannelMain()
  const sent = { list: [1] }
  port1.postMessage(sent)
  sent.list.push(2)
  await new Promise((resolve) => setImmediate(resolve))
  expect((await next(port2)).data).toEqual({ list: [1] })
})

test('a port that was sent is neutered, and what waited in it goes along', async () => {
  const outer = new MessageChannelMain()
  const inner = new MessageChannelMain()
  inner.port1.postMessage('early')
  await new Promise((resolve) => setImmediate(resolve))
  outer.port1.postMessage('take', [inner.port2])
  expect(() => outer.port1.postMessage('again', [inner.port2])).toThrow(/neutered/)
  const { ports } = await next(outer.port2)
  expect((await next(ports[0]!)).data).toBe('early')
})

test('closing one end closes the other', async () => {
  const { port1, port2 } = new MessageChannelMain()
  const closed = new Promise((resolve) => {
    port2.once('close', () => resolve('closed'))
  })
  port1.close()
  expect(await closed).toBe('closed')
})

test('ports cross a wire in both directions, also those sent through a port that crossed', async () => {
  const received: Event[] = []
  const toChild = (message: WireMessage): void =>
    child.receive(message, (data, ports) => received.push({ data, ports }))
  const toParent = (message: WireMessage): void => parent.receive(message, () => undefined)
  const parent = createWire('parent', (message) => setImmediate(toChild, message))
  const child = createWire('child', (message) => setImmediate(toParent, message))
  const { port1, port2 } = new MessageChannelMain()
  parent.post('hello', [port2])
  await new Promise((resolve) => setTimeout(resolve, 20))
  const [{ ports } = { ports: [] }] = received
  const there = ports[0]!
  const answer = next(port1)
  there.postMessage('from the child')
  expect((await answer).data).toBe('from the child')
  const second = new MessageChannelMain()
  const arriving = next(there)
  port1.postMessage('another', [second.port2])
  const [carried] = (await arriving).ports
  const last = next(second.port1)
  carried!.postMessage('through two')
  expect((await last).data).toBe('through two')
})
