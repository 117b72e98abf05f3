export declare const say: (text?: string) => boolean
export declare const step: <Value>(
  label: string,
  work: (report: (state: string) => void) => Promise<Value>,
) => Promise<Value>
