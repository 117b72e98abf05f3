import { bridgeApiVersion, type Health } from '#contract/bridge.ts'
import {} from '#contract/bridge-routes.ts'
import { isStillAuthorized } from './http/bearer.ts'
import { createEventStreams } from './http/event-stream.ts'
import { instanceIdFor } from './http/instance-id.ts'
import { answered, type Handlers } from './http/routes.ts'
import { readUpload } from './http/upload.ts'
import { createAttendance } from './operations/attendance.ts'
import { createOperationEvents } from './operations/operation-events.ts'
import { parseWait } from './operations/prefer.ts'
import { refuseReserved } from './operations/scopes.ts'
import { createOperationStarter } from './operations/start-operation.ts'
import { checkChallenge } from './operations/challenge.ts'
import { describeApi } from './openapi.ts'
import type { BridgeSettings } from './options.ts'
import type { BridgePorts, OperationRequest } from './ports.ts'
import type { Call } from './http/routes.ts'
import { contentHeaders, sendContent } from './http/download.ts'

type OperationCall = Call<'requestGrant'> | Call<'login'> | Call<'signMessage'> | Call<'signDocument'>

/** One handler a row of `bridgeRoutes`: hand over to the ports, nothing else. */
export const createHandlers = (ports: BridgePorts, { limits }: BridgeSettings) => {
  const attendance = createAttendance(ports.operations, limits)
  const streams = createEventStreams(limits)
  const startOperation = createOperationStarter(ports, attendance)
  const showOperation = createOperationEvents(ports, attendance, streams)
  let description: ReturnType<typeof describeApi> | null = null

  const start = async ({ req, res, origin, grant }: OperationCall, request: OperationRequest) => {
    await startOperation(res, { origin, grant, request, waitSeconds: parseWait(req.headers.prefer) })
    return answered
  }

  const handlers: Handlers = {
    health: ({ origin }): Health => ({
      product: 'zhongbiao-yizhengtong',
      apiVersion: bridgeApiVersion,
      instanceId: instanceIdFor(ports.instance.id, origin),
      state: ports.isPaused() ? 'paused' : 'ready',
    }),
    openapi: () => (description ??= describeApi()),
    requestGrant: (call) => {
      refuseReserved(call.body.scopes)
      return start(call, { kind: 'grant', request: call.body })
    },
    dropGrant: ({ grant }) => ports.grants.drop(grant.id),
    listCertificates: ({ grant, query }) => ({ certificates: ports.certificates.list(grant, query) }),
    getCertificate: ({ grant, params }) => ports.certificates.get(grant, params.id),
    login: (call) => {
      checkChallenge(call.body.challenge)
      return start(call, { kind: 'login', request: call.body })
    },
    signMessage: (call) => start(call, { kind: 'message_sign', request: call.body }),
    verifyMessage: ({ body }) => ports.verify.message(body),
    uploadDocument: async ({ req, res, grant, query }) => {
      const body = readUpload(req, res, limits)
      try {
        return await ports.documents.create(grant, query.name, body)
      } finally {
        body.destroy()
      }
    },
    signDocument: (call) => start(call, { kind: 'document_sign', documentId: call.params.id, request: call.body }),
    verifyDocument: ({ grant, params }) => ports.verify.document(grant, params.id),
    documentContent: async ({ res, grant, params }) => {
      const { stream, size, name } = ports.documents.open(grant, params.id)
      contentHeaders(res, size, name)
      res.setTimeout(limits.downloadIdleMs, () => res.destroy())
      await sendContent(res, stream)
      return answered
    },
    deleteDocument: ({ grant, params }) => ports.documents.remove(grant, params.id),
    getOperation: ({ origin, params }) => {
      const operation = ports.operations.get(params.id, origin)
      if (operation.state === 'done' || operation.state === 'failed') attendance.forget(params.id)
      else attendance.seen(params.id, origin)
      return operation
    },
    cancelOperation: ({ origin, params }) => {
      ports.operations.cancel(params.id, origin, 'caller')
      attendance.forget(params.id)
    },
    operationEvents: ({ res, origin, params }) => {
      showOperation(res, params.id, origin)
      return answered
    },
    events: ({ req, res, origin }) => {
      let unwatch = () => undefined as unknown
      const stream = streams.open(res, origin, () => unwatch())
      unwatch = ports.watchEvents((event) => {
        // A grant that was revoked or has run out hears nothing more.
        if (!isStillAuthorized(ports.grants, req, origin)) stream.close()
        else stream.send('bridge', event)
      })
      return answered
    },
  }
  return { handlers, close: attendance.close }
}
