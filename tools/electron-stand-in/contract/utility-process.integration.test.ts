import { expect, test } from 'vitest'
import { launch } from './launch.ts'

const NO_WINDOW = { env: { CONTRACT_NO_WINDOW: '1' } }

interface Contract {
  folder: string
}

test('a utility process talks both ways, and knows its arguments', async () => {
  const { app } = await launch(NO_WINDOW)
  const answer = await app.evaluate(async ({ utilityProcess }) => {
    const { contract } = globalThis as unknown as { contract: Contract }
    const child = utilityProcess.fork(`${contract.folder}/utility.cjs`, ['one', 'two'], { serviceName: 'contract' })
    const message = new Promise<Record<string, unknown>>((resolve) => {
      child.once('message', resolve)
    })
    await new Promise<void>((resolve) => {
      child.once('spawn', resolve)
    })
    const hadPid = typeof child.pid === 'number'
    child.postMessage({ list: new Map([[1, new Uint8Array([5])]]) })
    const { data, bytes, ...rest } = await message
    const ended = new Promise<void>((resolve) => {
      child.once('exit', () => resolve())
    })
    const killed = child.kill()
    await ended
    const sent = (data as { list: Map<number, Uint8Array> }).list.get(1)
    return { ...rest, hadPid, killed, pid: child.pid, sent: sent?.[0], bytes: bytes instanceof Uint8Array }
  })
  expect(answer).toEqual({
    type: 'utility',
    argv: ['one', 'two'],
    ports: 0,
    hadPid: true,
    killed: true,
    pid: undefined,
    sent: 5,
    bytes: true,
  })
})

test('a port that is sent along carries messages in both directions', async () => {
  const { app } = await launch(NO_WINDOW)
  const answer = await app.evaluate(async ({ utilityProcess, MessageChannelMain }) => {
    const { contract } = globalThis as unknown as { contract: Contract }
    const child = utilityProcess.fork(`${contract.folder}/utility.cjs`)
    const { port1, port2 } = new MessageChannelMain()
    const message = new Promise<unknown>((resolve) => {
      port1.on('message', ({ data }) => resolve(data))
    })
    port1.start()
    child.postMessage('port', [port2])
    port1.postMessage(new Uint8Array([1, 2]))
    const data = await message
    child.kill()
    return data as [string, Uint8Array]
  })
  expect(answer[0]).toBe('through the port')
  expect([...Object.values(answer[1])]).toEqual([1, 2])
})

test('its exit code and its output are told', async () => {
  const { app } = await launch(NO_WINDOW)
  const result = await app.evaluate(async ({ utilityProcess }) => {
    const { contract } = globalThis as unknown as { contract: Contract }
    const child = utilityProcess.fork(`${contract.folder}/utility.cjs`, [], { stdio: 'pipe' })
    let output = ''
    child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()))
    child.postMessage('exit')
    const code = await new Promise<number>((resolve) => {
      child.once('exit', resolve)
    })
    return { code, output }
  })
  expect(result).toEqual({ code: 7, output: 'utility started\n' })
})

test('a child that crashes takes nobody along, and the program is told', async () => {
  const { app } = await launch(NO_WINDOW)
  const result = await app.evaluate(async ({ app: program, utilityProcess }) => {
    const { contract } = globalThis as unknown as { contract: Contract }
    const gone = new Promise<{ type: string; reason: string; name?: string }>((resolve) => {
      program.once('child-process-gone', (_event, details) => resolve(details))
    })
    const child = utilityProcess.fork(`${contract.folder}/utility.cjs`, [], { stdio: 'ignore', serviceName: 'crasher' })
    child.postMessage('crash')
    const code = await new Promise<number>((resolve) => {
      child.once('exit', resolve)
    })
    const { type, reason, name } = await gone
    return { type, reason, name, failed: code !== 0 }
  })
  expect(result).toEqual({ type: 'Utility', reason: 'crashed', name: 'crasher', failed: true })
})

test('a child that hangs can be killed', async () => {
  const { app } = await launch(NO_WINDOW)
  const killed = await app.evaluate(async ({ utilityProcess }) => {
    const { contract } = globalThis as unknown as { contract: Contract }
    const child = utilityProcess.fork(`${contract.folder}/utility.cjs`, [], { stdio: 'ignore' })
    child.postMessage('hang')
    await new Promise((resolve) => setTimeout(resolve, 500))
    const ended = new Promise<string>((resolve) => {
      child.once('exit', () => resolve('ended'))
    })
    child.kill()
    return ended
  })
  expect(killed).toBe('ended')
})
