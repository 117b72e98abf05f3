import { useTranslation } from 'react-i18next'
import { CodeText } from '../../ui/code-text.tsx'
import { Facts } from '../../ui/facts.tsx'
import { groupHex } from '../../ui/format.ts'
import type { ConsentView } from '#contract/client.ts'

/** F17.1: what a login signature is, and what it is not. */
export const LoginView = ({ view, digest }: { readonly view: ConsentView; readonly digest: string }) => {
  const { t } = useTranslation()
  const { ascii, display } = view.origin
  return (
    <div className="reading">
      <h2>{t('consent.login.title')}</h2>
      <p className="reading-body">{t('consent.login.body')}</p>
      <p className="reading-note">{t('consent.login.limits')}</p>
      <Facts
        facts={[
          {
            label: t('consent.origin'),
            value: (
              <>
                {display}
                {display !== ascii && <div className="cell-note">{t('consent.asciiForm', { ascii })}</div>}
              </>
            ),
          },
          {
            label: t('consent.login.digest'),
            value: <CodeText value={digest} shown={groupHex(digest)} label={t('consent.login.digest')} />,
          },
        ]}
      />
    </div>
  )
}
