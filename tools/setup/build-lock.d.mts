export declare const withLock: <Value>(file: string, work: () => Promise<Value>) => Promise<Value>
