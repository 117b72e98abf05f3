import path from 'node:path'
import { AppError, isErrorCode, toAppError, toErrorData } from '#contract/errors.ts'
import type { DriverReport } from '#contract/client.ts'
import { checkArchitecture, readArchitecture } from './architecture.ts'
import { createHelperClient } from './helper-client.ts'
import type { SupervisorPorts } from './driver-supervisor.ts'

/**
 * Tries a module that the user chose: file, architecture (read, not loaded), then load and list in a helper that is
 * thrown away. A module that crashes or hangs there has cost nothing.
 */
export const testDriver = async (
  modulePath: string,
  { spawnHelper, clock, limits }: Pick<SupervisorPorts, 'spawnHelper' | 'clock' | 'limits'>,
): Promise<DriverReport> => {
  const report = { path: modulePath, architecture: '', library: '', slots: [] as DriverReport['slots'] }
  try {
    if (!path.isAbsolute(modulePath)) throw new AppError('token.driver_invalid', { reason: 'relative_path' })
    const architecture = await readArchitecture(modulePath)
    report.architecture = architecture.architectures.join('+')
    checkArchitecture(architecture)
    const client = createHelperClient(spawnHelper(modulePath, 'test', {}), clock, {
      onChanged: () => undefined,
      onEnd: () => undefined,
    })
    try {
      const library = await client.call(
        'load',
        { path: modulePath, pollMs: 3_600_000, usesSlotEvents: false },
        limits.load,
      )
      report.library = `${library.description} ${library.version} (${library.manufacturer})`.trim()
      report.slots = (await client.call('list', { isFresh: true }, limits.list)).slots
    } finally {
      client.kill(new AppError('token.absent'))
    }
    return { ...report, isUsable: true, error: null }
  } catch (cause) {
    return { ...report, isUsable: false, error: toErrorData(toAppError(cause)) }
  }
}

/** The error of a report, to be thrown again. */
export const reportError = ({ error }: DriverReport): AppError | null =>
  error && new AppError(isErrorCode(error.code) ? error.code : 'token.driver_invalid', error.details)
