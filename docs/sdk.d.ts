/** Types of sdk.js, the SDK of the signing bridge. Made from server/bridge/sdk/ by `npm run docs`. */

/** The SDK's own types: what `contract/` says, without its schemas, so that `sdk.d.ts` stands alone. A test compares the two. */
export type Scope = 'login' | 'sign' | 'seal' | 'encrypt' | 'decrypt' | 'verify';

export type SignatureAlgorithm = 'rsa-pkcs1-sha256' | 'rsa-pkcs1-sha384' | 'rsa-pkcs1-sha512' | 'rsa-pss-sha256' | 'rsa-pss-sha384' | 'rsa-pss-sha512' | 'ecdsa-sha256' | 'ecdsa-sha384' | 'ecdsa-sha512' | 'sm2-sm3';

export interface Health {
    product: 'zhongbiao-yizhengtong';
    apiVersion: number;
    instanceId: string;
    state: 'ready' | 'paused';
}

export interface CertificateName {
    commonName: string;
    organization: string;
    full: string;
}

export interface CertificateSummary {
    id: string;
    subject: CertificateName;
    issuer: CertificateName;
    serial: string;
    notBefore: string;
    notAfter: string;
    keyType: 'rsa' | 'ec' | 'other';
    keyBits: number;
    algorithms: SignatureAlgorithm[];
    keyUsage: string[];
    creditCode: string | null;
    identity: 'personal' | 'enterprise';
    kind: 'media' | 'mobile';
    state: 'normal' | 'expired' | 'not_yet_valid' | 'frozen' | 'invalid';
    isPluggedIn: boolean;
    tokenId: string | null;
    tokenLabel: string | null;
}

export interface CertificateFilter {
    identity?: 'personal' | 'enterprise' | undefined;
    issuer?: string | undefined;
    keyType?: 'rsa' | 'ec' | undefined;
    usage?: 'sign' | 'encrypt' | undefined;
}

/** Millimetres from the top left corner of the page as it is displayed. */
export type Placement = {
    kind: 'rectangle';
    /** 1 is the first page, -1 the last one. */
    page: number;
    x: number;
    y: number;
    width?: number | undefined;
    height?: number | undefined;
} | {
    kind: 'straddle';
    firstPage?: number | undefined;
    lastPage?: number | undefined;
    y: number;
};

export interface DocumentSignRequest {
    certificateId?: string | undefined;
    /** Left out: the person chooses. `null`: an invisible signature (needs the scope `sign` instead of `seal`). */
    sealId?: string | null | undefined;
    placements?: Placement[] | undefined;
    level?: 'B-B' | undefined;
    algorithm?: SignatureAlgorithm | undefined;
    reason?: string | undefined;
    location?: string | undefined;
    /** Further uploaded documents, signed alike under the same consent. */
    also?: string[] | undefined;
}

export interface UploadedDocument {
    id: string;
    name: string;
    size: number;
    sha256: string;
    expiresAt: string;
}

export interface SignedDocument {
    id: string;
    sourceId: string;
    size: number;
    sha256: string;
}

export interface SignatureReport {
    name: string;
    verdict: 'valid' | 'invalid' | 'unknown';
    findings: string[];
    signer: {
        subject: string;
        issuer: string;
        serial: string;
    } | null;
    algorithm: string | null;
    signedAt: string | null;
    coverage: 'whole' | 'earlier_revision' | 'broken' | null;
    laterChanges: 'none' | 'allowed' | 'modified' | null;
    chain: 'trusted' | 'untrusted' | 'not_checked';
    revocation: 'good' | 'revoked' | 'not_checked';
}

export interface VerificationReport {
    verdict: 'valid' | 'invalid' | 'unknown' | 'unsigned';
    signatures: SignatureReport[];
}

export interface GrantResult {
    kind: 'grant';
    token: string;
    scopes: Scope[];
    expiresAt: string;
}

export interface LoginResult {
    kind: 'login';
    loginToken: string;
    certificate: CertificateSummary;
}

export interface MessageSignResult {
    kind: 'message_sign';
    signatures: string[];
    algorithm: SignatureAlgorithm;
    certificate: CertificateSummary;
    certificateDer: string;
}

export interface DocumentSignResult {
    kind: 'document_sign';
    documents: SignedDocument[];
    certificate: CertificateSummary;
}

export type OperationResult = GrantResult | LoginResult | MessageSignResult | DocumentSignResult;

export interface Problem {
    type: string;
    title: string;
    status: number;
    detail: string;
    code: string;
    retryable: boolean;
    message: string;
    details: Record<string, string | number | boolean | null>;
    traceId: string;
}

export interface Operation {
    id: string;
    kind: 'grant' | 'login' | 'message_sign' | 'document_sign';
    state: 'waiting' | 'working' | 'done' | 'failed';
    progress: {
        done: number;
        total: number;
    } | null;
    createdAt: string;
    expiresAt: string;
    result: OperationResult | null;
    error: Problem | null;
}

export type DiagnosisCode = 'ready' | 'paused' | 'not_installed' | 'not_running' | 'permission_not_asked' | 'permission_denied' | 'page_not_secure' | 'iframe_not_allowed' | 'version_too_old' | 'grant_refused' | 'user_cancelled' | 'connection_lost'
/** An error that the SDK did not throw. */
 | 'not_from_bridge';

/** A code of docs/errors.md. */
export type ApiErrorCode = `${string}.${string}`;

export interface Wording {
    zh: string;
    en: string;
}

export interface Diagnosis {
    code: DiagnosisCode | ApiErrorCode;
    /** False where a page cannot know for sure: a client that is not running looks like one that is not installed. */
    isCertain: boolean;
    sentence: Wording;
    remedy: Wording;
}

export interface CallOptions {
    signal?: AbortSignal | undefined;
}

export interface OperationOptions extends CallOptions {
    /** `waiting`: tell the person to look at the desktop window. */
    onChange?: ((operation: Operation) => void) | undefined;
}

/** Text is signed as UTF-8. */
export type Content = string | Blob | BufferSource;

export interface MessageSignOptions extends OperationOptions {
    format?: 'cms' | 'raw' | undefined;
    isDetached?: boolean | undefined;
    algorithm?: SignatureAlgorithm | undefined;
    certificateId?: string | undefined;
    /** Shown in the consent window, in the order of the messages. */
    names?: string[] | undefined;
}

export interface MessageVerifyOptions extends CallOptions {
    format?: 'cms' | 'raw' | undefined;
    content?: Content | undefined;
    /** Raw only, base64 of the DER. */
    certificateDer?: string | undefined;
    /** Raw only. Left out: SHA-256 with the kind of key that the certificate holds. */
    algorithm?: string | undefined;
}

export interface UploadOptions extends CallOptions {
    name?: string | undefined;
    onProgress?: ((sent: number, total: number) => void) | undefined;
}

export interface DownloadOptions extends CallOptions {
    onProgress?: ((received: number, total: number) => void) | undefined;
}

export interface GrantOptions extends OperationOptions {
    /** Ask the person even when a remembered grant would do. */
    renew?: boolean | undefined;
}

export type BridgeEventName = 'keyInserted' | 'keyRemoved' | 'certificatesChanged' | 'bridgePaused' | 'bridgeResumed' | 'disconnected';

export interface Bridge {
    readonly port: number;
    readonly instanceId: string;
    /** The grant in use, without its token. */
    readonly grant: {
        readonly scopes: readonly Scope[];
        readonly expiresAt: string;
    } | null;
    requestGrant(scopes: Scope[], options?: GrantOptions): Promise<void>;
    dropGrant(options?: CallOptions): Promise<void>;
    certificates(filter?: CertificateFilter, options?: CallOptions): Promise<CertificateSummary[]>;
    certificate(id: string, options?: CallOptions): Promise<CertificateSummary & {
        der: string;
    }>;
    /** `challenge`: 32 to 128 bytes from the platform's server, or their base64. */
    login(challenge: BufferSource | string, options?: OperationOptions & {
        certificateId?: string;
    }): Promise<LoginResult>;
    signMessage(messages: Content | Content[], options?: MessageSignOptions): Promise<MessageSignResult>;
    /** `signature`: base64. */
    verifyMessage(signature: string, options?: MessageVerifyOptions): Promise<VerificationReport>;
    upload(document: Blob, options?: UploadOptions): Promise<UploadedDocument>;
    signDocument(documentId: string, request?: DocumentSignRequest, options?: OperationOptions): Promise<DocumentSignResult>;
    verifyDocument(documentId: string, options?: CallOptions): Promise<VerificationReport>;
    download(documentId: string, options?: DownloadOptions): Promise<Blob>;
    deleteDocument(documentId: string, options?: CallOptions): Promise<void>;
    /** Returns the function that stops listening. Needs a grant. */
    on(event: BridgeEventName, listener: () => void): () => void;
    close(): void;
}

export interface ConnectOptions extends CallOptions {
    /** 系统标识码 of the platform. */
    systemCode: string;
    ports?: readonly number[] | undefined;
    /** Where grants are remembered; `null`: nowhere. Default: `localStorage`. */
    storage?: Pick<Storage, 'getItem' | 'setItem'> | null | undefined;
}

export interface DiagnoseOptions extends CallOptions {
    ports?: readonly number[] | undefined;
    storage?: Pick<Storage, 'getItem' | 'setItem'> | null | undefined;
    /** Let the browser ask for permission (on a click only); otherwise `permission_not_asked` is told without asking. */
    ask?: boolean | undefined;
    /** What a call threw: the diagnosis of that. */
    error?: unknown;
}

/**
 * Finds the client. The first call raises the browser's question about the local network, so make it on a click. Throws
 * BridgeError with a `diagnosis`.
 */
export declare const connect: (options: ConnectOptions) => Promise<Bridge>;

/** Tells what `error` means; without one, what stands in the way, or `ready`. Never throws but for an aborted signal. */
export declare const diagnose: (options?: DiagnoseOptions) => Promise<Diagnosis>;

/**
 * Opens `yzt://` (the browser asks the person) and waits for the bridge. False after twelve seconds: the link had no effect,
 * the client is most likely not installed. Call it on a click.
 */
export declare const startClient: (options?: DiagnoseOptions) => Promise<boolean>;

/** Every error of the SDK. `code`: one of the bridge's closed list, or `sdk.` with the code of a diagnosis. */
export declare class BridgeError extends Error {
    readonly code: string;
    /** The sentence for the person. */
    readonly zh: string;
    readonly isRetryable: boolean;
    readonly details: Problem['details'];
    readonly traceId: string | null;
    /** Set where the SDK itself found out what is wrong. */
    readonly diagnosis: Diagnosis | null;
    constructor(code: string, en: string, zh: string, rest?: Partial<Problem> & {
        diagnosis?: Diagnosis;
    });
}

export declare const queryPermission: () => Promise<PermissionState | null>;

export declare class SofError extends Error {
    /** SOR_*. */
    readonly number: number;
    readonly zh: string;
    constructor(number: number, en: string, zh: string, cause?: unknown);
}

/**
 * The names of GB/T 43694 and GM/T 0020 over the SDK, as promises, so that an existing page needs few changes. Every signature
 * still opens the consent window of the client, and no function takes a PIN.
 */
export declare const createSof: (bridge: Bridge) => {
    /** `name||certificate id&&&`, one after the other. */
    SOF_GetUserList: () => Promise<string>;
    /** Base64 of the DER. */
    SOF_ExportUserCert: (certificateId: string) => Promise<string>;
    /** True when the key is plugged in. The PIN is asked for at each signature, in the client. */
    SOF_Login: (certificateId: string, pin?: string | undefined) => Promise<boolean>;
    /** Of the certificates in the list; '' for types that it does not hold. */
    SOF_GetCertInfo: (certificateDer: string, type: number) => Promise<string>;
    /** What the client knows of it: in its period and not frozen. */
    SOF_ValidateCert: (certificateDer: string) => Promise<boolean>;
    /** The bare signature over the text (UTF-8) or bytes, base64. */
    SOF_SignData: (certificateId: string, data: Content) => Promise<string>;
    SOF_VerifySignedData: (certificateDer: string, data: Content, signature: string, algorithm?: SignatureAlgorithm | undefined) => Promise<boolean>;
    /** `flag` 0: detached, 1: with the content inside. CMS (RFC 5652), base64. */
    SOF_SignMessage: (flag: number, certificateId: string, data: Content) => Promise<string>;
    /** `data` is needed for a detached signature. */
    SOF_VerifySignedMessage: (signature: string, data?: Content | undefined) => Promise<boolean>;
    /** A page has no paths: it hands in the file itself. PDFs are signed by `bridge.signDocument`. */
    SOF_SignFile: (certificateId: string, file: Blob) => Promise<string>;
    SOF_VerifySignedFile: (file: Blob, signature: string) => Promise<boolean>;
    /** Base64 of random bytes, drawn by the browser. */
    SOF_GenRandom: (length: number) => Promise<string>;
    SOF_GetLastError: () => Promise<number>;
    SOF_ChangePassWd: (...parameters: unknown[]) => Promise<never>;
    SOF_GetPinRetryCount: (...parameters: unknown[]) => Promise<never>;
    SOF_ExportExChangeUserCert: (...parameters: unknown[]) => Promise<never>;
    SOF_GetCertInfoByOid: (...parameters: unknown[]) => Promise<never>;
    SOF_EncryptData: (...parameters: unknown[]) => Promise<never>;
    SOF_DecryptData: (...parameters: unknown[]) => Promise<never>;
    SOF_EncryptFile: (...parameters: unknown[]) => Promise<never>;
    SOF_DecryptFile: (...parameters: unknown[]) => Promise<never>;
    SOF_SignDataXML: (...parameters: unknown[]) => Promise<never>;
    SOF_VerifySignedDataXML: (...parameters: unknown[]) => Promise<never>;
};
