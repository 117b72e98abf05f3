/**
 * `npm run -s pki -- <command> …`: certificates, messages and envelopes from the command line (docs/how-to/pki-command-line.md).
 * Exit status: 0 valid or done, 1 invalid, 2 input or arguments that cannot be used.
 */
import { isCommand, isSet, readArguments, textOf } from './arguments.ts'
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

const runCommand = async (command: Command, given: Arguments): Promise<Outcome> => {
  try {
    return await commands[command](given)
  } catch (error) {
    return failureOf(error)
  }
}

const main = async ([command = '', ...args]: readonly string[]): Promise<number> => {
  if (!isCommand(command)) {
    process.stdout.write(help)
    return ['', 'help', '--help', '-h'].includes(command) ? 0 : 2
  }
  let given: Arguments
  try {
    given = readArguments(command, args)
  } catch (error) {
    process.stderr.write(toText(failureOf(error).result))
    return 2
  }
  const [batch, run] = [textOf(given, 'batch'), batches[command]]
  if (batch !== undefined && run !== undefined) {
    return runBatch(batch, run, (answer) => process.stdout.write(toLine(answer)))
  }
  const { status, result } = await runCommand(command, given)
  const isProse = !isSet(given, 'json')
  ;(status === 2 && isProse ? process.stderr : process.stdout).write(isProse ? toText(result) : toLine(result))
  return status
}

process.exitCode = await main(process.argv.slice(2))
