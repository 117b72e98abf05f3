import { AppError } from '#contract/errors.ts'
import type { ConsentDesk } from '../../operations/consent-desk.ts'
import type { Viewer } from '../../windows/viewer.ts'
import type { Handlers } from '../dispatch.ts'

type ConsentCalls =
  | 'consent.get'
  | 'consent.page'
  | 'consent.chooseSeal'
  | 'consent.approve'
  | 'consent.reject'
  | 'consent.close'
  | 'viewer.read'
  | 'viewer.ready'
  | 'viewer.answer'

export interface ConsentHandlerPorts {
  readonly desk: ConsentDesk
  readonly viewer: Viewer
}

/** Calls of the consent window and of the hidden viewer that draws for it. */
export const createConsentHandlers = ({ desk, viewer }: ConsentHandlerPorts): Pick<Handlers, ConsentCalls> => ({
  'consent.get': () => desk.view(),
  'consent.page': ({ documentId, page, width }) => {
    // Only what the question at hand is about.
    if (!desk.documentIds().includes(documentId)) throw new AppError('document.not_found')
    return viewer.render(documentId, page, width)
  },
  'consent.chooseSeal': ({ operationId, sealId }) => desk.chooseSeal(operationId, sealId),
  'consent.approve': async ({ operationId, pin, ...approval }) => {
    try {
      await desk.approve(operationId, { ...approval, pin })
    } finally {
      pin?.fill(0)
    }
  },
  'consent.reject': ({ operationId }) => desk.reject(operationId),
  'consent.close': () => desk.dismiss(),

  'viewer.read': ({ documentId, offset, length }) => viewer.read(documentId, offset, length),
  'viewer.ready': () => viewer.ready(),
  'viewer.answer': ({ requestId, result }) => viewer.answer(requestId, result),
})
