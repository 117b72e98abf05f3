import { operationSchema } from '#contract/operations.ts'
import type { OperationResult } from '#contract/operations.ts'
import type { BridgeClient } from './client.ts'

const WAIT_SECONDS = 60

/** One origin with its grant: what a page of a trading platform is to the bridge. */
export interface Page {
  readonly token: string
  /** The signatures, base64, after one round trip that waits for the end. */
  readonly sign: (
    certificateId: string,
    format: 'raw' | 'cms',
    messages: readonly string[],
  ) => Promise<readonly string[]>
}

const resultOf = (answer: { status: number; body: unknown }): OperationResult => {
  if (answer.status !== 200) throw new Error(`the bridge answered ${answer.status}: ${JSON.stringify(answer.body)}`)
  const { result, error } = operationSchema.parse(answer.body)
  if (!result) throw new Error(`the operation failed: ${error?.code ?? 'not ended'}`)
  return result
}

export const openPage = async (client: BridgeClient, name: string): Promise<Page> => {
  const origin = `https://${name}.example`
  const body = { scopes: ['sign'], systemCode: 'bench' }
  const granted = resultOf(await client.call('POST', '/v1/grants', { origin, body, waitSeconds: WAIT_SECONDS }))
  if (granted.kind !== 'grant') throw new Error('no grant')
  const { token } = granted
  return {
    token,
    sign: async (certificateId, format, contents) => {
      const request = { messages: contents.map((content) => ({ content, name: '投标函' })), format, certificateId }
      const answer = await client.call('POST', '/v1/messages/sign', {
        ...{ origin, token, body: request, waitSeconds: WAIT_SECONDS },
      })
      const { result } = answer.body as { result: { signatures: string[] } | null }
      return result?.signatures ?? refuse(answer)
    },
  }
}

const refuse = (answer: { status: number; body: unknown }): never => {
  throw new Error(`the bridge answered ${answer.status}: ${JSON.stringify(answer.body)}`)
}
