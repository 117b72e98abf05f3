import fc from 'fast-check'
import { expect, it } from 'vitest'

import { AppError } from '#contract/errors.ts'
import { digest } from '../algorithms/digest.ts'
import { mutate, mutations } from '../testing/mutations.ts'
import { createTestAuthority } from '../testing/test-authority.ts'
import { createTestChain } from '../testing/test-ca.ts'
import { verifyTimestampResponse } from './client.ts'
import { createTimestampRequest } from './request.ts'
import { readTimestampResponse } from './response.ts'
import { answerTimestampRequest } from './responder.ts'

const { root, issuing } = createTestChain()
const anchors = [root.certificate]
const authority = createTestAuthority(issuing)
const request = createTimestampRequest({ algorithm: 'sha256', digest: digest('sha256', Buffer.from('x')) })

it('a spoiled response is refused with a code or reported, never worse', async () => {
  const response = await answerTimestampRequest(request.der, authority)
  fc.assert(
    fc.property(mutations, (list) => {
      const start = process.cpuUsage()
      try {
        const spoiled = mutate(response, list)
        const report = verifyTimestampResponse(spoiled, request, { anchors })
        // Only what stands outside the signatures can change without notice.
        if (report.isValid) expect(report.timestamp?.info?.imprint.digest).toEqual(request.digest)
      } catch (error) {
        if (!(error instanceof AppError)) throw error
        expect(error.code).toMatch(/^(signature|certificate)\./)
      }
      expect(process.cpuUsage(start).user).toBeLessThan(1_000_000)
    }),
    { numRuns: 2000 },
  )
})

it('a spoiled request is refused or stamped, never worse', async () => {
  await fc.assert(
    fc.asyncProperty(mutations, async (list) => {
      const answer = await answerTimestampRequest(mutate(request.der, list), authority)
      expect(['granted', 'rejection']).toContain(readTimestampResponse(answer).status)
    }),
    { numRuns: 1000 },
  )
})
