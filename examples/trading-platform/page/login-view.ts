/** Login: a challenge of the platform's server, signed by the key, checked by the platform's server. */
import type { Bidder } from '../answers.ts'
import { drawChallenge, login } from './api.ts'
import { explain, signLogin } from './bridge.ts'
import { element } from './dom.ts'
import { notice } from './notice.ts'
import { progress } from './progress.ts'

export const loginView = (loggedIn: (bidder: Bidder) => void): HTMLElement => {
  const outcome = element('div')
  const stop = element('button', { type: 'button', hidden: true }, '取消')
  const start = element('button', { type: 'button', class: 'primary' }, '使用数字证书登录')

  const run = async (): Promise<void> => {
    const aborter = new AbortController()
    const steps = progress(['连接本机的“中标一证通”客户端', '在客户端确认授权与登录，并输入口令', '平台核验登录凭证'])
    stop.onclick = () => aborter.abort()
    start.disabled = true
    stop.hidden = false
    outcome.replaceChildren(steps.list)
    try {
      steps.at(0)
      const loginToken = await signLogin(drawChallenge, () => steps.at(1, '请看客户端窗口'), aborter.signal)
      steps.at(2)
      loggedIn(await login(loginToken))
    } catch (error) {
      steps.failed()
      outcome.append(notice(explain(error)))
    } finally {
      start.disabled = false
      stop.hidden = true
    }
  }
  start.onclick = () => void run()

  return element(
    'section',
    { class: 'card' },
    element('h1', {}, '投标人登录'),
    element('p', {}, '请插入证书介质（USB Key），并确认本机的“中标一证通”客户端已经打开。'),
    element('p', { class: 'quiet' }, '口令只在客户端窗口中输入，本网页看不到，也不会索要。'),
    element('div', { class: 'actions' }, start, stop),
    outcome,
  )
}
