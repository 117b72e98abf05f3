import type { Targets } from '../browser/targets.ts'
import { errorText, note } from '../log.ts'
import { reportScreen } from './screen.ts'

const SCREEN = `({
  width: screen.width, height: screen.height,
  availWidth: screen.availWidth, availHeight: screen.availHeight, scaleFactor: devicePixelRatio,
})`
const OUTSIDE = { x: -32_000, y: -32_000, width: 100, height: 100 }

/** Before the first window is placed: one outside the screen tells how large it is. */
export async function measureScreen(targets: Targets): Promise<void> {
  try {
    const { targetId, session } = await targets.create(OUTSIDE)
    session.post('Runtime.runIfWaitingForDebugger')
    const { result } = await session.send<{ result: { value: Parameters<typeof reportScreen>[0] } }>(
      'Runtime.evaluate',
      { expression: SCREEN, returnByValue: true },
    )
    reportScreen(result.value)
    targets.close(targetId)
  } catch (error) {
    note(`the screen could not be measured: ${errorText(error)}`)
  }
}
