import { useInfiniteQuery } from '@tanstack/react-query'
import { ask } from '../../ui/ipc.ts'

const pageSize = 100

/** The journal from its newest entry backwards, a page at a time. */
export const useJournal = () =>
  useInfiniteQuery({
    queryKey: ['journal.list', 'pages'],
    queryFn: ({ pageParam }) => ask('journal.list', { before: pageParam, limit: pageSize }),
    initialPageParam: null as number | null,
    getNextPageParam: (page) => (page.length < pageSize ? undefined : Math.min(...page.map((entry) => entry.seq))),
  })
