export declare const whenOrphaned: (stop: () => void) => void
