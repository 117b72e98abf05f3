import { describe, expect, it } from 'vitest'
import { choosable, consentView, documentSubject, grantSubject } from '../../testing/consent-fixtures.ts'
import { branch, company } from '../../testing/fixtures.ts'
import {
  blockerOf,
  chosenCertificate,
  initialCertificate,
  needsPin,
  type Circumstances,
  type Draft,
} from './approval.ts'
import { notePage } from './use-seen-pages.ts'

const calm: Circumstances = {
  now: Date.now(),
  isHeld: true,
  isFocused: true,
  isPreviewSettled: true,
  isUnseen: false,
  isSealChanging: false,
}
const typed: Draft = { certificateId: null, scopes: [], pinLength: 6 }

describe('when 确认授权 is live', () => {
  const view = consentView()
  const twoFit = consentView({ certificates: [choosable(company), choosable(branch)] })
  const gone = consentView({ certificates: [choosable(company, { unfit: 'token.absent' })] })
  const oneLeft = consentView({ certificates: [choosable(company, { unfit: 'token.absent' }), choosable(branch)] })
  const none = consentView({ certificates: [] })
  const sealless = consentView({ seals: [], subject: { ...documentSubject, requestedSealId: null } })
  const noSeal = consentView({ subject: { ...documentSubject, requestedSealId: null } })
  const plain = consentView({ subject: { ...documentSubject, wantsSeal: false, requestedSealId: null } })
  const grant = consentView({ subject: grantSubject, certificates: [] })

  it.each([
    ['ok/all is there', view, typed, calm, null],
    ['ok/no seal is wanted', plain, typed, calm, null],
    ['ok/a grant with one scope left', grant, { ...typed, pinLength: 0, scopes: ['login' as const] }, calm, null],
    ['ok/one of two was chosen', twoFit, { ...typed, certificateId: branch.id }, calm, null],
    ['fail/a grant without scopes', grant, { ...typed, scopes: [] }, calm, 'scope'],
    ['fail/the PIN is shorter than the token takes', view, { ...typed, pinLength: 5 }, calm, 'pinShort'],
    ['fail/no PIN', view, { ...typed, pinLength: 0 }, calm, 'pin'],
    ['fail/two fit and none is chosen', twoFit, typed, calm, 'certificate'],
    ['fail/the key was pulled out', gone, { ...typed, certificateId: company.id }, calm, 'noCertificate'],
    [
      'fail/the chosen key was pulled out, another one is there',
      oneLeft,
      { ...typed, certificateId: company.id },
      calm,
      'certificate',
    ],
    ['fail/there is no certificate', none, typed, calm, 'noCertificate'],
    ['fail/no seal chosen', noSeal, typed, calm, 'seal'],
    ['fail/there is no seal', sealless, typed, calm, 'noSeal'],
    ['fail/the seal is being changed', view, typed, { ...calm, isSealChanging: true }, 'sealChanging'],
    ['fail/a page could not be shown', view, typed, { ...calm, isUnseen: true }, 'unseen'],
    ['fail/the page is not shown yet', view, typed, { ...calm, isPreviewSettled: false }, 'preview'],
    ['fail/another window is in front', view, typed, { ...calm, isFocused: false, isHeld: false }, 'focus'],
    ['fail/less than 500 ms in front', view, typed, { ...calm, isHeld: false }, 'hold'],
    ['fail/the time is over', view, typed, { ...calm, now: Date.now() + 3_600_000 }, 'expired'],
  ] as const)('%s', (_, given, draft, circumstances, expected) => {
    expect(blockerOf(given, draft, circumstances)).toBe(expected)
  })
})

describe('the choice at the start', () => {
  it('is the one that the platform asked for', () => {
    const view = consentView({
      certificates: [choosable(company), choosable(branch)],
      requestedCertificateId: branch.id,
    })
    expect(initialCertificate(view)).toBe(branch.id)
  })
  it('is never one that does not fit', () => {
    const view = consentView({
      certificates: [choosable(company, { unfit: 'certificate.expired' })],
      requestedCertificateId: company.id,
    })
    expect(initialCertificate(view)).toBeNull()
    expect(chosenCertificate(view, typed)).toBeUndefined()
  })
})

describe('the PIN', () => {
  it('is not asked for a grant, nor where the reader has keys of its own', () => {
    expect(needsPin(consentView({ subject: grantSubject }), undefined)).toBe(false)
    expect(needsPin(consentView(), choosable(company, { hasPinPad: true }))).toBe(false)
    expect(needsPin(consentView(), choosable(company))).toBe(true)
  })
})

describe('pages that could not be shown', () => {
  const start = { isSettled: false, unseen: [], isAccepted: false }
  it('count until they are shown after all', () => {
    const failed = notePage(start, 'doc 1', false)
    expect(failed).toEqual({ isSettled: true, unseen: ['doc 1'], isAccepted: false })
    expect(notePage(failed, 'doc 2', true).unseen).toEqual(['doc 1'])
    expect(notePage(failed, 'doc 1', true).unseen).toEqual([])
  })
  it('take back what was accepted for others, not for themselves', () => {
    const accepted = { ...notePage(start, 'doc 1', false), isAccepted: true }
    expect(notePage(accepted, 'doc 1', false).isAccepted).toBe(true)
    expect(notePage(accepted, 'doc 2', false).isAccepted).toBe(false)
  })
})
