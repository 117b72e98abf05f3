/**
 * A card reader without hardware: pcscd with the driver of vsmartcard (vpcd), and cards that are put in and pulled out
 * by opening and closing the connection to it. Debian: pcscd, vsmartcard-vpcd.
 */
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import path from 'node:path'
import type { PivCard } from './piv-card.ts'

const DRIVER = '/usr/lib/pcsc/drivers/serial/libifdvpcd.so'
const SOCKET = '/run/pcscd/pcscd.comm'
const PORT = 35_963
const START_MS = 5_000

export interface VirtualReader {
  /** Puts a card in; the returned function pulls it out. */
  readonly insert: (card: PivCard) => Promise<() => void>
  readonly stop: () => Promise<void>
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** vpcd: two bytes of length, then a control byte (0 off, 1 on, 2 reset, 4 ATR) or an APDU. */
const serve = (card: PivCard, message: Buffer): Buffer | null => {
  if (message.length !== 1) return card.respond(message)
  if (message[0] === 4) return card.atr
  card.reset()
  return null
}

const insertInto = (port: number, card: PivCard): Promise<() => void> =>
  new Promise((resolve, reject) => {
    card.reset()
    const socket = connect(port, '127.0.0.1')
    let received = Buffer.alloc(0)
    socket.once('error', reject)
    socket.once('connect', () => resolve(() => socket.destroy()))
    socket.on('data', (bytes) => {
      received = Buffer.concat([received, bytes])
      while (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) {
        const end = 2 + received.readUInt16BE(0)
        const answer = serve(card, received.subarray(2, end))
        received = received.subarray(end)
        if (!answer) continue
        const length = Buffer.alloc(2)
        length.writeUInt16BE(answer.length)
        socket.write(Buffer.concat([length, answer]))
      }
    })
  })

/** Starts a pcscd of its own in the foreground. @throws when pcscd or the driver is missing, or one runs already */
export const startVirtualReader = async (directory: string): Promise<VirtualReader> => {
  if (!existsSync(DRIVER))
    throw new Error('vsmartcard-vpcd is not installed (Debian: apt-get install pcscd vsmartcard-vpcd)')
  if (existsSync(SOCKET)) throw new Error(`pcscd runs already (${SOCKET})`)
  const readers = path.join(directory, 'reader.conf.d')
  mkdirSync(readers, { recursive: true })
  const reader = ['FRIENDLYNAME "Virtual PCD"', `DEVICENAME /dev/null:0x${PORT.toString(16).toUpperCase()}`]
  const place = [`LIBPATH ${DRIVER}`, `CHANNELID 0x${PORT.toString(16).toUpperCase()}`, '']
  writeFileSync(path.join(readers, 'vpcd'), [...reader, ...place].join('\n'))
  const daemon = spawn('pcscd', ['--foreground', '--critical', '--config', readers], { stdio: 'ignore' })
  const ended = new Promise<void>((resolve) => daemon.once('exit', () => resolve()))
  for (let waited = 0; !existsSync(SOCKET); waited += 50) {
    if (waited > START_MS || daemon.exitCode !== null) throw new Error('pcscd did not start')
    await sleep(50)
  }
  return {
    insert: (card) => insertInto(PORT, card),
    stop: async () => {
      daemon.kill('SIGTERM')
      await ended
    },
  }
}
