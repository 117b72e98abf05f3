import type { Translation } from '../translation.ts'
import type * as source from '../zh-cn/grants.ts'

export const grants: Translation<typeof source.grants> = {
  title: 'Websites',
  subtitle: 'Pages that may ask this computer for signatures. You still confirm each one.',
  columns: { platform: 'Platform', scopes: 'May ask to', expires: 'Expires', used: 'Last used' },
  registered: 'Registered',
  unregistered: 'Unregistered platform',
  never: 'Not used yet',
  expired: 'Expired',
  expiresIn: 'Days left: {{n}}',
  revoke: 'Revoke',
  revokeOf: 'Revoke: {{origin}}',
  revokeConfirm: 'Revoke the grant of {{origin}}?',
  revokeHint: 'You are asked again when the page next wants to log in or sign. Signed files stay as they are.',
  revoked: 'The grant of {{origin}} was revoked',
  empty: 'No websites',
  emptyHint: 'A page of a trading platform asks for permission when it first uses your certificate.',
  searchHint: 'Platform, address, system code',
  emptyFiltered: 'No website fits',
}
