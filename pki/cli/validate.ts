import * as z from 'zod'

import { validatePath } from '../path/validate.ts'
import { onlyFile } from './arguments.ts'
import type { Arguments } from './arguments.ts'
import { loadCertificates } from './files.ts'
import { judged } from './outcome.ts'
import type { Outcome } from './outcome.ts'
import { pathResult } from './reports.ts'
import { checked, loadTrust, trustFields, trustOf } from './trust.ts'

const schema = z.strictObject({ certificate: z.string(), ...trustFields })

/** The first certificate of the file is the one in question; others in it are intermediates. */
export const validateCase = async (fields: unknown): Promise<Outcome> => {
  const { certificate: reference, ...trust } = checked(schema, fields)
  const { trust: loaded, ignored } = await loadTrust(trust)
  const [certificate, ...others] = await loadCertificates([reference])
  if (certificate === undefined) throw new TypeError('a file gave no certificate')
  const report = validatePath({
    ...loaded,
    certificate,
    intermediates: [...others, ...(loaded.intermediates ?? [])],
  })
  return judged(report.isValid, { ...pathResult(report), ...(ignored.length === 0 ? {} : { ignored }) })
}

export const validateCommand = (given: Arguments): Promise<Outcome> =>
  validateCase({ certificate: onlyFile(given), ...trustOf(given) })
