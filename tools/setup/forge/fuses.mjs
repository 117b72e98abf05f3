import { FuseV1Options, FuseVersion, getCurrentFuseWire } from '@electron/fuses'

const ON = 49
const OFF = 48

/** What a shipped program must not offer. The variant for end-to-end tests opens the inspector, and only that. */
export const fusesFor = (env) => ({
  [FuseV1Options.RunAsNode]: false,
  [FuseV1Options.EnableCookieEncryption]: true,
  [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: false,
  [FuseV1Options.EnableNodeCliInspectArguments]: env.YZT_E2E_BUILD === '1',
  [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: true,
  [FuseV1Options.OnlyLoadAppFromAsar]: true,
  [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
  [FuseV1Options.GrantFileProtocolExtraPrivileges]: false,
})

export const fuseConfig = (env) => ({ version: FuseVersion.V1, ...fusesFor(env) })

/** Reads the fuses of a packaged binary and throws when one is not as it should be. */
export async function checkFuses(executable, env) {
  const wire = await getCurrentFuseWire(executable)
  const wrong = Object.entries(fusesFor(env))
    .filter(([fuse, isOn]) => wire[fuse] !== (isOn ? ON : OFF))
    .map(([fuse]) => FuseV1Options[fuse])
  if (wrong.length > 0) throw new Error(`${executable}: these fuses are not as they should be: ${wrong.join(', ')}`)
}
