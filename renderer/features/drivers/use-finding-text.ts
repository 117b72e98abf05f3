import { useTranslation } from 'react-i18next'
import type { DiagnosisStep } from '#contract/client.ts'
import { zhCn } from '../../locales/zh-cn/index.ts'

type Finding = keyof typeof zhCn.diagnosis.findings

const isKnown = (finding: string): finding is Finding => Object.hasOwn(zhCn.diagnosis.findings, finding)

/** The sentence and the repair of a finding; a finding without a text of its own gets the one of its state. */
export const useFindingText = () => {
  const { t } = useTranslation()
  return ({ finding, state }: DiagnosisStep): { readonly sentence: string; readonly repair: string } =>
    isKnown(finding)
      ? {
          sentence: t(`diagnosis.findings.${finding}.sentence` as const),
          repair: t(`diagnosis.findings.${finding}.repair` as const),
        }
      : {
          sentence: t(`diagnosis.unknown.${state}.sentence` as const),
          repair: t(`diagnosis.unknown.${state}.repair` as const),
        }
}

/** Facts behind a finding, one line: which driver or holder, which code, which port. */
export const describeDetails = ({ vendor, name, code, port }: DiagnosisStep['details']): string =>
  [vendor, name, code, typeof port === 'number' ? `127.0.0.1:${port}` : null]
    .filter((value) => typeof value === 'string' && value !== '')
    .join(' · ')
