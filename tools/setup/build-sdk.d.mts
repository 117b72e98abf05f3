export declare const buildSdk: (file?: string) => Promise<unknown>
