/** Builds the faulty PKCS#11 module and gives its orders. For tests only; needs gcc. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'

const SOURCE = path.join(import.meta.dirname, 'faulty.c')
/** pkcs11js brings the standard's own header files along. */
const HEADERS = path.join(import.meta.dirname, '../../node_modules/pkcs11js/includes')

export interface FaultyToken {
  readonly modulePath: string
  readonly env: Readonly<Record<string, string>>
  readonly pin: string
  readonly soPin: string
  /** Replaces all orders, see faulty.c. */
  readonly order: (...behaviours: string[]) => void
  /** How often the module was called with this function since `order` was last called. */
  readonly callsOf: (function_: string) => number
  /** Wrong tries the module has counted. */
  readonly triesUsed: () => number
  readonly reset: () => void
}

const compile = (output: string): void => {
  const args = ['-shared', '-fPIC', '-Wall', '-Werror', '-O1', '-I', HEADERS, '-o', output, SOURCE]
  execFileSync('gcc', args, { stdio: ['ignore', 'ignore', 'inherit'] })
}

/** A key in `directory` (made when it is missing) that holds this certificate. */
export const createFaultyToken = (directory: string, certificate: Uint8Array): FaultyToken => {
  mkdirSync(directory, { recursive: true })
  const modulePath = path.join(directory, 'faulty.so')
  if (!existsSync(modulePath)) compile(modulePath)
  const file = (name: string): string => path.join(directory, name)
  writeFileSync(file('certificate.der'), certificate)
  const order = (...behaviours: string[]): void => {
    writeFileSync(file('calls'), '')
    // The module may be reading: it sees the old orders or the new ones, never half of them.
    writeFileSync(file('control.new'), behaviours.join('\n'))
    renameSync(file('control.new'), file('control'))
  }
  const reset = (): void => {
    writeFileSync(file('pin'), '123456 0\n')
    order()
  }
  reset()
  return {
    modulePath,
    env: { FAULTY_PKCS11_DIRECTORY: directory },
    pin: '123456',
    soPin: '12345678',
    order,
    callsOf: (function_) =>
      readFileSync(file('calls'), 'utf8')
        .split('\n')
        .filter((line) => line === function_).length,
    triesUsed: () => Number(readFileSync(file('pin'), 'utf8').trim().split(' ')[1]),
    reset,
  }
}
