/**
 * `npm run -s pki -- <command> …`: certificates, messages and envelopes from the command line (docs/how-to/pki-command-line.md).
 * Exit status: 0 valid or done, 1 invalid, 2 input or arguments that cannot be used.
 */
import { isCommand, readArguments, textOf, UsageError } from './arguments.ts'
import type { Arguments, Command } from './arguments.ts'
import { runBatch } from './batch.ts'
import { decryptCommand, encryptCommand } from './encrypt.ts'
import { failureOf } from './failure.ts'
import { help } from './help.ts'
import { inspectCommand } from './inspect.ts'
import type { Outcome } from './outcome.ts'
import { toLine, toText } from './output.ts'
import { signCommand } from './sign.ts'
import { timestampCommand } from './timestamp.ts'
import { validateCase, validateCommand } from './validate.ts'
import { vectorsCommand } from './vectors.ts'
import { verifyCase, verifyCommand } from './verify.ts'

const commands: Record<Command, (given: Arguments) => Outcome | Promise<Outcome>> = {
  inspect: inspectCommand,
  validate: validateCommand,
  sign: signCommand,
  verify: verifyCommand,
  encrypt: encryptCommand,
  decrypt: decryptCommand,
  timestamp: timestampCommand,
  vectors: vectorsCommand,
}

const batches: Partial<Record<Command, (fields: unknown) => Promise<Outcome>>> = {
  validate: validateCase,
  verify: verifyCase,
}

type Answer = Outcome | Outcome['status']

const orFailure = async (run: () => Answer | Promise<Answer>): Promise<Answer> => {
  try {
    return await run()
  } catch (error) {
    return failureOf(error)
  }
}

const main = async ([command = '', ...args]: readonly string[]): Promise<number> => {
  if (!isCommand(command)) {
    process.stdout.write(help)
    return ['', 'help', '--help', '-h'].includes(command) ? 0 : 2
  }
  const outcome = await orFailure(() => {
    const given = readArguments(command, args)
    const [batch, run] = [textOf(given, 'batch'), batches[command]]
    if (batch === undefined) return commands[command](given)
    if (run === undefined) throw new UsageError(`${command} takes no --batch`)
    return runBatch(batch, run, (answer) => process.stdout.write(toLine(answer)))
  })
  if (typeof outcome === 'number') return outcome
  const { status, result } = outcome
  const isProse = !args.includes('--json')
  ;(status === 2 && isProse ? process.stderr : process.stdout).write(isProse ? toText(result) : toLine(result))
  return status
}

process.exitCode = await main(process.argv.slice(2))
