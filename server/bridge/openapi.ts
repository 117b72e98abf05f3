export const describeApi = (version: string): Record<string, unknown> => ({ openapi: '3.1.0', info: { version } })
