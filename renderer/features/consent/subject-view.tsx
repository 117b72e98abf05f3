import type { ConsentView } from '#contract/client.ts'
import type { Scope } from '#contract/operations.ts'
import { DocumentView } from './document-view.tsx'
import { GrantView } from './grant-view.tsx'
import { LoginView } from './login-view.tsx'
import { MessageView } from './message-view.tsx'
import './reading.css'

interface Props {
  readonly view: ConsentView
  readonly scopes: readonly Scope[]
  readonly days: number | undefined
  readonly isDisabled: boolean
  readonly onScopes: (scopes: readonly Scope[]) => void
  readonly onPage: (page: string, isShown: boolean) => void
}

/** What is signed or granted, in full. */
export const SubjectView = ({ view, scopes, days, isDisabled, onScopes, onPage }: Props) => {
  const { subject } = view
  switch (subject.kind) {
    case 'grant':
      return <GrantView asked={subject.scopes} kept={scopes} days={days} isDisabled={isDisabled} onChange={onScopes} />
    case 'login':
      return <LoginView view={view} digest={subject.challengeDigest} />
    case 'message_sign':
      return <MessageView subject={subject} />
    case 'document_sign':
      return <DocumentView view={view} subject={subject} onPage={onPage} />
  }
}
