import type { ConsentCertificate, ConsentView } from '#contract/client.ts'
import { unfitCode } from './fit.ts'
import { phaseOf, type OperationRecord } from './operation-record.ts'
import { displayOrigin } from './origin-display.ts'
import type { CertificateDirectory, PlatformDirectory, SealShelf, Task } from './ports.ts'

export interface ViewPorts {
  readonly certificates: CertificateDirectory
  readonly platforms: PlatformDirectory
  readonly seals: SealShelf
  readonly now: () => Date
}

const certificatesFor = (ports: ViewPorts, task: Task): ConsentCertificate[] => {
  if (task.needs !== 'key') return []
  const wish = { certificateId: task.requestedCertificateId, algorithm: task.requestedAlgorithm, now: ports.now() }
  return ports.certificates
    .list()
    .map((known) => ({
      ...known.summary,
      pin: known.pin,
      hasPinPad: known.hasPinPad,
      unfit: unfitCode(known, wish),
    }))
    .filter(({ unfit }) => unfit !== 'certificate.not_found' && unfit !== 'certificate.usage_refused')
    .toSorted((one, other) => Number(one.unfit !== null) - Number(other.unfit !== null))
}

/** What the window shows, made anew at each look: keys come and go, a seal is chosen, the work goes on. */
export const createConsentView = (ports: ViewPorts, record: OperationRecord, task: Task) => (): ConsentView => {
  const platform = ports.platforms.registered(record.systemCode, record.origin)
  return {
    operationId: record.id,
    createdAt: record.createdAt.toISOString(),
    expiresAt: record.expiresAt.toISOString(),
    phase: phaseOf(record),
    progress: record.progress,
    error: record.error === null ? null : { code: record.error.code, details: { ...record.error.details } },
    origin: displayOrigin(record.origin),
    platform: { systemCode: record.systemCode, name: platform?.name ?? '', isRegistered: platform !== null },
    subject: task.subject(record.sealId),
    certificates: certificatesFor(ports, task),
    requestedCertificateId: task.needs === 'key' ? task.requestedCertificateId : null,
    seals: task.needs === 'key' ? ports.seals.list() : [],
  }
}
