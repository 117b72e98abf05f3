import { toBase64, toBytes } from './bytes.ts'
import { reach } from './diagnose.ts'
import { BridgeError, fromDiagnosis, invalidArgument } from './errors.ts'
import { createClient, type Client } from './http.ts'
import { createMemory } from './memory.ts'
import { runOperation } from './operation.ts'
import { createPageEvents } from './page-events.ts'
import { downloadDocument, uploadDocument } from './transfer.ts'
import type { Bridge, CertificateSummary, ConnectOptions, Content, Scope, VerificationReport } from './types.ts'

/**
 * Finds the client. The first call raises the browser's question about the local network, so make it on a click. Throws
 * BridgeError with a `diagnosis`.
 */
export const connect = async (options: ConnectOptions): Promise<Bridge> => {
  checkSystemCode(options)
  const { found, diagnosis } = await reach({ ...options, ask: true })
  if (found === null || diagnosis.code !== 'ready') throw fromDiagnosis(diagnosis)
  const { port, health } = found
  return createBridgeOf(createClient(port, options), port, health.instanceId, options)
}

// Pages without TypeScript leave it out.
const checkSystemCode = (options: Partial<ConnectOptions> | undefined): void => {
  if (typeof options?.systemCode !== 'string') throw invalidArgument('systemCode', 'a string')
}
const checkScopes = (scopes: unknown): void => {
  if (!Array.isArray(scopes) || scopes.length === 0) throw invalidArgument('scopes', 'a list of scopes')
}

const base64Of = async (content: Content) => toBase64(await toBytes(content))

const isGrantGone = (error: unknown) => error instanceof BridgeError && /^grant\.(missing|expired)$/.test(error.code)

const createBridgeOf = (client: Client, port: number, instanceId: string, options: ConnectOptions): Bridge => {
  const memory = createMemory(options.storage)
  const grantName = `${instanceId}/${options.systemCode}`
  const events = createPageEvents(client)
  let grant = memory.grant(grantName) ?? null
  client.token = grant?.token ?? null

  const setGrant = (value: typeof grant) => {
    grant = value
    client.token = value?.token ?? null
    memory.setGrant(grantName, value)
  }
  /** A grant that was revoked in the client, or has run out, is forgotten here too. */
  const withGrant = async <Result>(call: () => Promise<Result>): Promise<Result> => {
    try {
      return await call()
    } catch (error) {
      if (isGrantGone(error)) setGrant(null)
      throw error
    }
  }
  const isLive = async (signal: AbortSignal | undefined): Promise<boolean> => {
    try {
      await withGrant(() => client.json('GET', '/v1/certificates', { signal }))
      return true
    } catch (error) {
      if (isGrantGone(error)) return false
      throw error
    }
  }
  const covers = (scopes: Scope[]) =>
    grant !== null && Date.parse(grant.expiresAt) > Date.now() && scopes.every((scope) => grant?.scopes.includes(scope))

  return {
    port,
    instanceId,
    get grant() {
      return grant === null ? null : { scopes: grant.scopes, expiresAt: grant.expiresAt }
    },
    requestGrant: async (scopes, { renew, ...rest } = {}) => {
      checkScopes(scopes)
      if (renew !== true && covers(scopes) && (await isLive(rest.signal))) return
      const request = { scopes, systemCode: options.systemCode }
      const { token, scopes: granted, expiresAt } = await runOperation(client, 'grant', '/v1/grants', request, rest)
      setGrant({ token, scopes: granted, expiresAt })
    },
    dropGrant: async (rest) => {
      await withGrant(() => client.send('DELETE', '/v1/grants/current', rest))
      setGrant(null)
    },
    certificates: (filter = {}, rest) =>
      withGrant(async () => {
        const query = new URLSearchParams()
        for (const [name, value] of Object.entries(filter)) if (typeof value === 'string') query.set(name, value)
        const text = query.toString()
        const path = `/v1/certificates${text === '' ? '' : `?${text}`}`
        return ((await client.json('GET', path, rest)) as { certificates: CertificateSummary[] }).certificates
      }),
    certificate: (id, rest) =>
      withGrant(
        async () => (await client.json('GET', `/v1/certificates/${id}`, rest)) as CertificateSummary & { der: string },
      ),
    login: (challenge, { certificateId, ...rest } = {}) =>
      withGrant(async () => {
        const text = typeof challenge === 'string' ? challenge : await base64Of(challenge)
        return runOperation(client, 'login', '/v1/logins', { challenge: text, certificateId }, rest)
      }),
    signMessage: (messages, { names, signal, onChange, ...request } = {}) =>
      withGrant(async () => {
        const list = Array.isArray(messages) ? messages : [messages]
        const encoded = await Promise.all(
          list.map(async (content, index) => ({ content: await base64Of(content), name: names?.[index] })),
        )
        const body = { ...request, messages: encoded }
        return runOperation(client, 'message_sign', '/v1/messages/sign', body, { signal, onChange })
      }),
    verifyMessage: (signature, { content, signal, ...request } = {}) =>
      withGrant(async () => {
        const encoded = content === undefined ? {} : { content: await base64Of(content) }
        const json = { ...request, ...encoded, signature }
        return (await client.json('POST', '/v1/messages/verify', { json, signal })) as VerificationReport
      }),
    upload: (document, rest = {}) => withGrant(() => uploadDocument(client, document, rest)),
    signDocument: (id, request = {}, rest) =>
      withGrant(() => runOperation(client, 'document_sign', `/v1/documents/${id}/signatures`, request, rest)),
    verifyDocument: (id, rest) =>
      withGrant(
        async () =>
          (await client.json('POST', `/v1/documents/${id}/verifications`, { json: {}, ...rest })) as VerificationReport,
      ),
    download: (id, rest = {}) => withGrant(() => downloadDocument(client, id, rest)),
    deleteDocument: async (id, rest) => {
      await withGrant(() => client.send('DELETE', `/v1/documents/${id}`, rest))
    },
    on: events.on,
    close: () => {
      events.close()
      client.close()
    },
  }
}
