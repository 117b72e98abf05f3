/** How a state is coloured; the words beside it always say the same. */
export type Tone = 'good' | 'warning' | 'danger' | 'neutral' | 'accent'
