import * as z from 'zod'
import {
  bridgeApiVersion,
  bridgeEventSchema,
  bridgePorts,
  healthSchema,
  messageVerifyRequestSchema,
  uploadedDocumentSchema,
  verificationReportSchema,
} from '#contract/bridge.ts'
import { bridgeRoutes, type BridgeRoute } from '#contract/bridge-routes.ts'
import { certificateSummarySchema } from '#contract/certificates.ts'
import { errorCodes } from '#contract/errors.ts'
import {
  documentSignRequestSchema,
  grantRequestSchema,
  loginRequestSchema,
  messageSignRequestSchema,
  operationSchema,
  problemSchema,
} from '#contract/operations.ts'

type Json = Record<string, unknown>

const requestSchemas = {
  GrantRequest: grantRequestSchema,
  LoginRequest: loginRequestSchema,
  MessageSignRequest: messageSignRequestSchema,
  MessageVerifyRequest: messageVerifyRequestSchema,
  DocumentSignRequest: documentSignRequestSchema,
} as const satisfies Record<string, z.ZodType>

const resultSchemas = {
  Health: healthSchema,
  CertificateSummary: certificateSummarySchema,
  Operation: operationSchema,
  Problem: problemSchema,
  UploadedDocument: uploadedDocumentSchema,
  VerificationReport: verificationReportSchema,
  BridgeEvent: bridgeEventSchema,
} as const satisfies Record<string, z.ZodType>

const reference = (name: string): Json => ({ $ref: `#/components/schemas/${name}` })

const registryOf = (schemas: Record<string, z.ZodType>) => {
  const registry = z.registry<{ id: string }>()
  for (const [id, schema] of Object.entries(schemas)) registry.add(schema, { id })
  return registry
}

const named = { input: registryOf(requestSchemas), output: registryOf(resultSchemas) }

/** The pattern of a date is longer than most schemas and says no more than its format. */
const override = ({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }) => {
  if (jsonSchema.format === 'date-time') delete jsonSchema.pattern
}

/** JSON Schema 2020-12, which OpenAPI 3.1 uses as it is; only the dialect and id lines of a document of its own go. */
const bare = ({ $schema: _dialect, $id: _id, ...schema }: Json): Json => schema

const namedSchemas = (io: 'input' | 'output'): Json => {
  const made = z.toJSONSchema(named[io], { io, override, uri: (id) => `#/components/schemas/${id}` })
  return Object.fromEntries(Object.entries(made.schemas).map(([name, schema]) => [name, bare(schema as Json)]))
}

const inline = (schema: z.ZodType, io: 'input' | 'output'): Json => {
  const name = named[io].get(schema)?.id
  if (name !== undefined) return reference(name)
  const { $defs: _named, ...made } = z.toJSONSchema(schema, { io, override, metadata: named[io] })
  return bare(JSON.parse(JSON.stringify(made).replaceAll('#/$defs/', '#/components/schemas/')) as Json)
}

const parametersOf = (schema: z.ZodType | undefined, place: 'path' | 'query'): Json[] => {
  if (schema === undefined) return []
  const { properties = {} } = z.toJSONSchema(schema, { io: 'input' })
  return Object.entries(properties).map(([name, value]) => ({
    name,
    in: place,
    required: place === 'path',
    schema: value,
  }))
}

const isOperationStart = (route: BridgeRoute): boolean => route.result === operationSchema && route.status === 202

const bodyOf = (route: BridgeRoute): Json | null => {
  if (route.bodyKind === 'document') {
    const bytes = { schema: {} }
    return { required: true, content: { 'application/pdf': bytes, 'application/octet-stream': bytes } }
  }
  if (route.body === undefined) return null
  return { required: true, content: { 'application/json': { schema: inline(route.body, 'input') } } }
}

const contentOf = ({ path, result }: BridgeRoute): Json | null => {
  if (result === 'none') return null
  if (result === 'stream') return { 'application/octet-stream': { schema: {} } }
  if (result !== 'events') return { 'application/json': { schema: inline(result, 'output') } }
  const item = path.startsWith('/v1/operations/') ? 'Operation' : 'BridgeEvent'
  return { 'text/event-stream': { schema: { type: 'string', description: `Each data line is a ${item} in JSON.` } } }
}

const responsesOf = (route: BridgeRoute): Json => {
  const content = contentOf(route)
  const answer = (description: string): Json => (content === null ? { description } : { description, content })
  return {
    [route.status]: answer(isOperationStart(route) ? 'Waiting for the person; follow the operation' : 'Done'),
    ...(isOperationStart(route) && { 200: answer('With Prefer: wait, when the operation has ended in time') }),
    default: {
      description: 'A problem document (RFC 9457); its code is one of the closed list',
      content: { 'application/problem+json': { schema: reference('Problem') } },
    },
  }
}

const operationOf = (name: string, route: BridgeRoute): Json => {
  const isVersioned = route.path.startsWith('/v1/')
  const body = bodyOf(route)
  return {
    operationId: name,
    summary: route.summary,
    ...(route.grant !== 'open' && route.grant !== 'any' && { 'x-scope': route.grant }),
    security: route.grant === 'open' ? [] : [{ grant: [] }],
    parameters: [
      ...parametersOf(route.params, 'path'),
      ...parametersOf(route.query, 'query'),
      ...(isVersioned ? [{ $ref: '#/components/parameters/XBridge' }] : []),
      ...(isOperationStart(route) ? [{ $ref: '#/components/parameters/Prefer' }] : []),
    ],
    ...(body !== null && { requestBody: body }),
    responses: responsesOf(route),
  }
}

const pathsOf = (): Json => {
  const paths: Record<string, Json> = {}
  for (const [name, route] of Object.entries(bridgeRoutes)) {
    const path = route.path.replace(/:([a-z]+)/gi, '{$1}')
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(name, route) }
  }
  return paths
}

const schemasOf = (): Json => {
  const schemas = { ...namedSchemas('input'), ...namedSchemas('output') }
  const problem = schemas.Problem as { properties: Json }
  problem.properties.code = { type: 'string', enum: Object.keys(errorCodes) }
  return schemas
}

/**
 * OpenAPI 3.1 of the bridge, made from `bridgeRoutes` and the schemas that check the requests. It names the version of the
 * API, never that of the program: a stranger's page learns nothing to choose an attack by (R8).
 */
export const describeApi = (): Json => ({
  openapi: '3.1.0',
  info: {
    title: 'Signing bridge of 中标一证通',
    version: `${bridgeApiVersion}.0.0`,
    description: 'The localhost API through which the page of a trading platform asks for logins and signatures.',
  },
  servers: bridgePorts.map((port) => ({ url: `http://127.0.0.1:${port}` })),
  paths: pathsOf(),
  components: {
    schemas: schemasOf(),
    securitySchemes: {
      grant: { type: 'http', scheme: 'bearer', description: 'The token of a grant; works for its own origin only.' },
    },
    parameters: {
      XBridge: { name: 'X-Bridge', in: 'header', required: true, schema: { type: 'string', const: '1' } },
      Prefer: {
        name: 'Prefer',
        in: 'header',
        required: false,
        description:
          'wait=N (RFC 7240), seconds, at most 60: hold the answer until the operation has ended (200) or the time is over (202). After a 202 ask again within 10 seconds, or the operation is cancelled.',
        schema: { type: 'string' },
      },
    },
  },
})
