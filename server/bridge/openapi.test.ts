import { describe, expect, test } from 'vitest'
import { bridgeRoutes } from '#contract/bridge-routes.ts'
import { describeApi } from './openapi.ts'

interface Operation {
  operationId: string
  parameters: { name?: string; in?: string; required?: boolean; schema?: object; $ref?: string }[]
  requestBody?: { content: Record<string, { schema: object }> }
  responses: Record<string, { description: string; content?: object }>
  security: object[]
}
interface Document {
  openapi: string
  info: { title: string; version: string }
  servers: { url: string }[]
  paths: Record<string, Record<string, Operation>>
  components: Record<string, Record<string, object>>
}

const document = JSON.parse(JSON.stringify(describeApi())) as Document
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
)

const everyReference = (value: unknown): string[] => {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) =>
    key === '$ref' && typeof inner === 'string' ? [inner] : everyReference(inner),
  )
}

describe('the OpenAPI description', () => {
  test('is OpenAPI 3.1 with what the standard requires', () => {
    expect(document.openapi).toBe('3.1.0')
    expect(document.info.title).not.toBe('')
    expect(document.servers[0]?.url).toBe('http://127.0.0.1:17311')
    for (const { operation } of operations) {
      expect(Object.keys(operation.responses).length).toBeGreaterThan(0)
      for (const response of Object.values(operation.responses)) expect(response.description).not.toBe('')
    }
  })

  test('has each route of the contract once, under its own name', () => {
    const described = operations.map(({ path, method, operation }) => [operation.operationId, method, path])
    const routes = Object.entries(bridgeRoutes).map(([name, route]) => [
      name,
      route.method.toLowerCase(),
      route.path.replace(':id', '{id}'),
    ])
    expect(described.sort()).toEqual(routes.sort())
  })

  test('declares exactly the parameters that stand in the path', () => {
    for (const { path, operation } of operations) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
      const declared = operation.parameters.filter((parameter) => parameter.in === 'path')
      expect(declared.map(({ name }) => name)).toEqual(inPath)
      expect(declared.every(({ required, schema }) => required === true && schema !== undefined)).toBe(true)
    }
  })

  test('has no reference that leads nowhere and none to another document', () => {
    const references = new Set(everyReference(document))
    expect(references.size).toBeGreaterThan(5)
    for (const reference of references) {
      const [hash, components, kind = '', name = ''] = reference.split('/')
      expect([hash, components]).toEqual(['#', 'components'])
      expect(document.components[kind]?.[name], reference).toBeDefined()
    }
  })

  test('asks for a grant wherever the contract does', () => {
    for (const { operation } of operations) {
      const { grant } = bridgeRoutes[operation.operationId as keyof typeof bridgeRoutes]
      expect(operation.security).toEqual(grant === 'open' ? [] : [{ grant: [] }])
    }
  })

  test('forbids unknown fields in every request body', () => {
    const names = ['GrantRequest', 'LoginRequest', 'MessageSignRequest', 'MessageVerifyRequest', 'DocumentSignRequest']
    for (const name of names) {
      expect(document.components.schemas?.[name]).toMatchObject({ type: 'object', additionalProperties: false })
    }
  })

  test('has no field for a PIN anywhere', () => {
    expect(JSON.stringify(document)).not.toMatch(/"(pin|password|passWd)"/i)
  })
})
