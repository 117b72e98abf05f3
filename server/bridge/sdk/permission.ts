/** Chrome 145+ and Firefox 152+; Chrome 142–144. Older ones and Safari know neither and ask nothing. */
export const permissionNames = ['loopback-network', 'local-network-access']

const stateOf = async (name: string): Promise<PermissionState | null> => {
  try {
    return (await navigator.permissions.query({ name: name as PermissionName })).state
  } catch {
    return null
  }
}

export const queryPermission = async (): Promise<PermissionState | null> => {
  for (const name of permissionNames) {
    const state = await stateOf(name)
    if (state !== null) return state
  }
  return null
}

/** Only Chromium knows the old name. It asks before it connects; Firefox asks once a connection stands. */
export const asksBeforeConnecting = async (): Promise<boolean> => (await stateOf('local-network-access')) !== null

/** A page that is itself on loopback (a developer's) is never asked about. */
const isExempt = () => /^(localhost|127\.0\.0\.1|\[::1\])$/.test(location.hostname)

/** True while the browser's question can still come, or stands open. */
export const isPromptPossible = async (): Promise<boolean> => !isExempt() && (await queryPermission()) === 'prompt'
