/** The page: who is logged in decides what it shows. Nothing is remembered in the browser but the session's cookie. */
import type { Bidder, Tender } from '../answers.ts'
import { PlatformRefusal, logout, receipts, session, tenders } from './api.ts'
import { bidView } from './bid-view.ts'
import { explain } from './bridge.ts'
import { element, part } from './dom.ts'
import { loginView } from './login-view.ts'
import { notice } from './notice.ts'
import { receiptsView, tendersView } from './tenders-view.ts'

const view = part('view')

/** Shows what `work` makes; a session that ended meanwhile leads back to the login. */
const show = async (work: () => Promise<HTMLElement[]>): Promise<void> => {
  try {
    view.replaceChildren(...(await work()))
  } catch (error) {
    if (error instanceof PlatformRefusal && error.code === 'session.missing') showLogin()
    else view.replaceChildren(notice(explain(error)))
  }
}

const showWho = (bidder: Bidder | null): void => {
  const content = bidder && [
    element('div', {}, bidder.organization, element('small', {}, `经办人：${bidder.name}`)),
    element('button', { type: 'button', click: () => void leave() }, '退出'),
  ]
  part('who').replaceChildren(...(content ?? []))
}

const showLogin = (): void => {
  showWho(null)
  view.replaceChildren(loginView((bidder) => void enter(bidder)))
}

const showTenders = (bidder: Bidder): Promise<void> =>
  show(async () => {
    const choose = (tender: Tender): void => {
      view.replaceChildren(bidView(bidder, tender, () => void showTenders(bidder)))
    }
    return [tendersView(await tenders(), choose), receiptsView(await receipts())]
  })

const enter = (bidder: Bidder): Promise<void> => {
  showWho(bidder)
  return showTenders(bidder)
}

const leave = async (): Promise<void> => {
  await logout()
  showLogin()
}

const bidder = await session()
if (bidder) await enter(bidder)
else showLogin()
