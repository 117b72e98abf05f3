import { packagedProgram, unpackDeb } from '../support/packaged.ts'
import { logIn, openPlatform, openTender, submitBid } from '../support/bidding.ts'
import { expect, test } from '../support/test.ts'

test.describe('the program from its installer', () => {
  test.skip(process.platform !== 'linux', 'only the .deb is unpacked; the other installers hold the same program')
  test.use({ executablePath: packagedProgram })
  test.beforeAll(unpackDeb)

  test('does the main job', async ({ stage, client, bidder }) => {
    const { version } = await client.call('program.info', undefined)
    expect(version).toMatch(/^\d+\.\d+\.\d+$/)
    await openPlatform(bidder.page, stage.platform.origin)
    await logIn(client, bidder.page)
    await openTender(bidder.page)
    expect(await submitBid(client, bidder.page)).toMatch(/^HZ\d+$/)
    expect(await client.call('journal.verify', undefined)).toMatchObject({ isIntact: true })
  })
})
