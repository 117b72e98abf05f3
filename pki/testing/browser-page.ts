import './no-eval.ts'
import { fromJson, toJson } from './bytes-json.ts'
import { runChecks } from './runtime-checks.ts'
import type { Material } from './runtime-checks.ts'

/** The page of browser.integration.test.ts: gets the material from its server and sends back what came out of it. */
declare const addEventListener: (
  type: 'securitypolicyviolation',
  listener: (event: { readonly violatedDirective: string; readonly blockedURI: string }) => void,
) => void

const violations: string[] = []
addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
  violations.push(`${violatedDirective} ${blockedURI}`),
)

const run = async (): Promise<string> => {
  try {
    const material = fromJson(await (await fetch('/material')).text()) as Material
    return toJson({ ...(await runChecks(material)), violations })
  } catch (error) {
    return toJson({ error: error instanceof Error ? `${error.message}\n${error.stack ?? ''}` : String(error) })
  }
}

await fetch('/result', { method: 'POST', body: await run() })
