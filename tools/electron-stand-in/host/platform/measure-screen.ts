import type { CdpConnection } from '../browser/cdp.ts'
import { errorText, note } from '../log.ts'
import { reportScreen } from './screen.ts'

const SCREEN = `({
  width: screen.width, height: screen.height,
  availWidth: screen.availWidth, availHeight: screen.availHeight, scaleFactor: devicePixelRatio,
})`

/** Before the first window is placed: a page that is never shown tells how large the screen is. */
export async function measureScreen(cdp: CdpConnection): Promise<void> {
  const { root } = cdp
  try {
    const { targetId } = await root.send<{ targetId: string }>('Target.createTarget', {
      url: 'about:blank',
      hidden: true,
    })
    const attached = { targetId, flatten: true }
    const { sessionId } = await root.send<{ sessionId: string }>('Target.attachToTarget', attached)
    const { result } = await cdp
      .session(sessionId)
      .send<{ result: { value: Parameters<typeof reportScreen>[0] } }>('Runtime.evaluate', {
        expression: SCREEN,
        returnByValue: true,
      })
    reportScreen(result.value)
    await root.send('Target.closeTarget', { targetId })
    cdp.drop(sessionId)
  } catch (error) {
    note(`the screen could not be measured: ${errorText(error)}`)
  }
}
