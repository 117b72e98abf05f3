import { createServer } from 'node:net'
import { networkInterfaces } from 'node:os'
import { once } from 'node:events'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createBridge } from '../create-bridge.ts'
import { createFakePorts } from '../testing/fake-ports.ts'
import { connectTo, startBridge } from '../testing/harness.ts'

const occupy = async (host: string, port = 0): Promise<number> => {
  const server = createServer()
  server.listen({ host, port, exclusive: true })
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
  })
  return (server.address() as { port: number }).port
}

const freePort = async (): Promise<number> => {
  const server = createServer().listen({ host: '127.0.0.1', port: 0 })
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

const bridgeOn = (ports: number[]) => {
  const bridge = createBridge(createFakePorts().ports, { ports })
  onTestFinished(() => bridge.close())
  return bridge
}

const hasIpv6 = Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === '::1'))

describe('R1 loopback only', () => {
  test('it answers on 127.0.0.1 and, where the computer has it, on ::1 with the same port', async () => {
    const { send } = await startBridge()
    expect((await send('GET', '/health')).status).toBe(200)
    if (hasIpv6) expect((await send('GET', '/health', { host: '::1' })).status).toBe(200)
  })

  test('no other address of this computer can be connected to', async () => {
    const { port } = await startBridge()
    const others = Object.values(networkInterfaces())
      .flatMap((list) => list ?? [])
      .filter(({ internal }) => !internal)
      .map(({ address, scopeid }) => (scopeid ? `${address}%${scopeid}` : address))
    for (const address of ['127.0.0.2', ...others]) {
      await expect(connectTo(port, address)).rejects.toThrow(/ECONNREFUSED|EADDRNOTAVAIL|EINVAL/)
    }
  })

  test('a taken port is passed over for the next one', async () => {
    const taken = await occupy('127.0.0.1')
    const free = await freePort()
    expect(await bridgeOn([taken, free]).listen()).toEqual({ port: free })
  })

  test.runIf(hasIpv6)('a port that somebody else holds on ::1 is passed over on both', async () => {
    const taken = await occupy('::1')
    const free = await freePort()
    expect(await bridgeOn([taken, free]).listen()).toEqual({ port: free })
    await expect(connectTo(taken)).rejects.toThrow('ECONNREFUSED')
  })

  test('a second instance gets the second port', async () => {
    const ports = [await freePort(), await freePort()]
    const first = await bridgeOn(ports).listen()
    const second = await bridgeOn(ports).listen()
    expect([first.port, second.port]).toEqual(ports)
  })

  test('all ports taken is bridge.ports_taken', async () => {
    const ports = [await occupy('127.0.0.1'), await occupy('127.0.0.1')]
    await expect(bridgeOn(ports).listen()).rejects.toMatchObject({ code: 'bridge.ports_taken' })
  })

  test('after close nothing listens and it can listen again', async () => {
    const { bridge, port } = await startBridge()
    await bridge.close()
    await expect(connectTo(port)).rejects.toThrow('ECONNREFUSED')
    const again = await bridge.listen()
    await expect(connectTo(again.port).then((socket) => socket.end())).resolves.toBeDefined()
  })
})
