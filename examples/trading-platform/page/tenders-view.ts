/** The list of tenders, and what was submitted already. */
import type { ListedTender, Receipt } from '../answers.ts'
import { element, money, time } from './dom.ts'

const headings = (...names: string[]): HTMLElement =>
  element('thead', {}, element('tr', {}, ...names.map((name) => element('th', { scope: 'col' }, name))))

const tenderRow = (tender: ListedTender, choose: () => void): HTMLElement =>
  element(
    'tr',
    { 'data-tender': tender.id },
    element('td', {}, element('div', {}, tender.title), element('small', { class: 'quiet code' }, tender.number)),
    element('td', {}, tender.owner),
    element('td', { class: 'fixed' }, tender.kind),
    element('td', { class: 'number' }, money(tender.ceiling)),
    element('td', { class: 'fixed' }, time(tender.deadline)),
    element(
      'td',
      { class: 'fixed' },
      tender.isOpen ? element('button', { type: 'button', click: choose }, '投标') : '已截止',
    ),
  )

export const tendersView = (tenders: readonly ListedTender[], choose: (tender: ListedTender) => void): HTMLElement =>
  element(
    'section',
    { class: 'card' },
    element('h1', {}, '招标项目'),
    element(
      'div',
      { class: 'table' },
      element(
        'table',
        {},
        headings('项目', '招标人', '类别', '最高限价', '投标截止', '操作'),
        element('tbody', {}, ...tenders.map((tender) => tenderRow(tender, () => choose(tender)))),
      ),
    ),
  )

export const receiptsView = (receipts: readonly Receipt[]): HTMLElement =>
  element(
    'section',
    { class: 'card' },
    element('h1', {}, '我的投标回执'),
    receipts.length === 0
      ? element('p', { class: 'quiet' }, '还没有递交投标文件。选择上面的项目开始投标。')
      : element(
          'div',
          { class: 'table' },
          element(
            'table',
            {},
            headings('回执编号', '项目', '签名人', '接收时间', '文件'),
            element(
              'tbody',
              {},
              ...receipts.map((receipt) =>
                element(
                  'tr',
                  {},
                  element('td', { class: 'code fixed' }, receipt.number),
                  element('td', {}, receipt.tenderTitle),
                  element('td', {}, receipt.signer),
                  element('td', { class: 'fixed' }, time(receipt.receivedAt)),
                  element('td', {}, element('a', { href: `/api/receipts/${receipt.number}/document` }, '下载')),
                ),
              ),
            ),
          ),
        ),
  )
