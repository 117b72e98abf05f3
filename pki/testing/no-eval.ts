import * as z from 'zod'

/** First import of a page whose policy forbids `eval`: zod tries it once, and the browser would report the attempt. */
z.config({ jitless: true })
