import { parseArgs } from 'node:util'
import type { ParseArgsOptionsConfig } from 'node:util'

/** The command line or a line of a batch is not what the command wants: exit status 2. */
export class UsageError extends Error {}

export interface Arguments {
  readonly files: readonly string[]
  /** Options that take a value, in the order given; those that take several as lists. */
  readonly values: Readonly<Record<string, string | boolean | readonly string[] | undefined>>
}

const text = { type: 'string' } as const
const list = { type: 'string', multiple: true } as const
const flag = { type: 'boolean' } as const

/** Of every command. */
const common = { json: flag, batch: text } as const satisfies ParseArgsOptionsConfig

export const trustOptions = {
  anchor: list,
  intermediate: list,
  crl: list,
  ocsp: list,
  at: text,
  policy: list,
  'require-explicit-policy': flag,
  'inhibit-policy-mapping': flag,
  'inhibit-any-policy': flag,
  'unconstrained-anchors': flag,
  'key-usage': list,
  'extended-key-usage': text,
  'peer-name': text,
  'max-path-length': text,
  algorithms: text,
  profile: text,
  revocation: text,
} as const satisfies ParseArgsOptionsConfig

export const keyOptions = {
  key: text,
  certificate: text,
  chain: list,
  pkcs12: text,
  'password-file': text,
} as const satisfies ParseArgsOptionsConfig

export const optionsOf = {
  inspect: { asn1: flag },
  validate: trustOptions,
  sign: { ...keyOptions, format: text, algorithm: text, detached: flag, out: text, at: text },
  verify: { ...trustOptions, content: text, origin: text, challenge: text, out: text },
  encrypt: {
    recipient: list,
    cipher: text,
    format: text,
    'rsa-padding': text,
    manifest: text,
    'opening-time': text,
    out: text,
  },
  decrypt: { ...keyOptions, manifest: text, out: text },
  timestamp: {
    ...keyOptions,
    ...trustOptions,
    digest: text,
    nonce: flag,
    query: text,
    content: text,
    out: text,
    serial: text,
  },
  vectors: {},
} as const satisfies Record<string, ParseArgsOptionsConfig>
export type Command = keyof typeof optionsOf

export const isCommand = (name: string): name is Command => Object.hasOwn(optionsOf, name)

/** @throws UsageError for an option the command does not have */
export const readArguments = (command: Command, args: readonly string[]): Arguments => {
  const options: ParseArgsOptionsConfig = { ...common, ...optionsOf[command] }
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options,
      allowPositionals: true,
    })
    // A flag never comes several times, nor do lists mix.
    return { files: positionals, values: values as Arguments['values'] }
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

export const textOf = ({ values }: Arguments, name: string): string | undefined => {
  const value = values[name]
  return typeof value === 'string' ? value : undefined
}

export const listOf = ({ values }: Arguments, name: string): readonly string[] | undefined => {
  const value = values[name]
  return typeof value === 'object' ? value : undefined
}

export const isSet = ({ values }: Arguments, name: string): boolean => values[name] === true

/** The one file a command is about. @throws UsageError */
export const onlyFile = ({ files }: Arguments): string => {
  const [file] = files
  if (file === undefined || files.length > 1) throw new UsageError(`one file is wanted, ${files.length} are given`)
  return file
}

/** @throws UsageError for an option that has to be there */
export const required = (given: Arguments, name: string): string => {
  const value = textOf(given, name)
  if (value === undefined) throw new UsageError(`--${name} is missing`)
  return value
}
