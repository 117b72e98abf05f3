import { errorCodes, problemTypePrefix } from '#contract/errors.ts'

/** docs/errors.md, made from the closed list. */
export const errorsPage = (): string =>
  [
    '# Error codes',
    '',
    'Made from `contract/errors.ts` by `npm run docs`. The bridge answers them as problem documents (RFC 9457): `type` is',
    `\`${problemTypePrefix}<code>\`, \`status\` stands below, \`message\` is the Chinese sentence,`,
    '`retryable` says whether the same request may succeed later.',
    '',
    '| code | status | retryable | 中文 | English |',
    '| --- | --- | --- | --- | --- |',
    ...Object.entries(errorCodes).map(
      ([code, { status, retryable, zh, en }]) =>
        `| \`${code}\` | ${status} | ${retryable ? 'yes' : 'no'} | ${zh} | ${en} |`,
    ),
    '',
  ].join('\n')
