import type * as z from 'zod'
import { expect, test } from 'vitest'
import type * as bridge from '#contract/bridge.ts'
import type { CertificateSummary } from '#contract/certificates.ts'
import type { BridgeSignatureAlgorithm } from '#contract/keys.ts'
import type * as operations from '#contract/operations.ts'
import { bridgePorts } from '#contract/bridge.ts'
import { bridgePorts as sdkPorts } from './discover.ts'
import type * as sdk from './types.ts'

type Both<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false

/** Does not compile when the SDK's types and the contract drift apart. */
const agreements: {
  health: Both<sdk.Health, bridge.Health>
  scope: Both<sdk.Scope, operations.Scope>
  algorithm: Both<sdk.SignatureAlgorithm, BridgeSignatureAlgorithm>
  certificate: Both<sdk.CertificateSummary, CertificateSummary>
  filter: Both<sdk.CertificateFilter, bridge.CertificateQuery>
  operation: Both<sdk.Operation, operations.Operation>
  result: Both<sdk.OperationResult, operations.OperationResult>
  problem: Both<sdk.Problem, operations.Problem>
  upload: Both<sdk.UploadedDocument, bridge.UploadedDocument>
  report: Both<sdk.VerificationReport, bridge.VerificationReport>
  documentRequest: Both<sdk.DocumentSignRequest, z.input<typeof operations.documentSignRequestSchema>>
} = {
  health: true,
  scope: true,
  algorithm: true,
  certificate: true,
  filter: true,
  operation: true,
  result: true,
  problem: true,
  upload: true,
  report: true,
  documentRequest: true,
}

test('the types of the SDK say what the contract says', () => {
  expect(Object.values(agreements).every(Boolean)).toBe(true)
})

test('the SDK looks on the ports that the bridge uses', () => {
  expect([...sdkPorts]).toEqual([...bridgePorts])
})
