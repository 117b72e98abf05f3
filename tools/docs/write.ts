import { writeFileSync } from 'node:fs'
import { describeApi } from '#bridge/openapi.ts'
import { errorsPage } from './errors-page.ts'
import { sdkTypes } from './sdk-types.ts'

writeFileSync(new URL('../../docs/errors.md', import.meta.url), errorsPage())
writeFileSync(new URL('../../docs/openapi.json', import.meta.url), `${JSON.stringify(describeApi(), null, 2)}\n`)
writeFileSync(new URL('../../docs/sdk.d.ts', import.meta.url), sdkTypes())
