import type { ErrorBody, Finding } from './types.ts';

// The client of /v1. A request waits, and nothing typed is lost, while the server is away or
// until somebody whose session ended has signed in again; then it goes on where it was.

export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly details: Record<string, string>[];
  readonly findings: Finding[];
  readonly warnings: Finding[];
  readonly retryAfter: number; // in seconds; 0 for none
  readonly request: string; // its X-Request-ID

  constructor(status: number, body: ErrorBody, headers?: Headers) {
    super(body.message);
    this.name = 'ApiError';
    this.status = status;
    this.code = body.code;
    this.details = body.details ?? [];
    this.findings = body.findings ?? [];
    this.warnings = body.warnings ?? [];
    this.retryAfter = Number(headers?.get('Retry-After') ?? 0) || 0;
    this.request = headers?.get('X-Request-ID') ?? '';
  }
}

export interface Request {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: string; // below /v1
  query?: Record<string, string | number | boolean | string[] | undefined>;
  body?: unknown; // sent as JSON
  text?: string | Blob; // sent as it is, a zone file
  headers?: Record<string, string>;
  ifMatch?: number; // the serial of the zone that was read
  once?: boolean; // with an Idempotency-Key, so that it may be repeated when the server was away
  quiet?: boolean; // do not wait for the server or a sign-in: fail at once
  signal?: AbortSignal;
}

export interface Reply<T> {
  data: T;
  serial: number; // of the ETag; 0 for none
  status: number;
  notModified: boolean;
}

// What the client needs of the session and of the watch over the connection.
export const hooks = {
  csrf: () => '',
  signedIn: () => false,
  signInAgain: async (): Promise<void> => {},
  confirm: async (): Promise<boolean> => false, // asks whether it is still them; false if they do not say
  refreshSession: async (): Promise<void> => {},
  lost: async (_signal?: AbortSignal): Promise<void> => {},
};

export async function call<T>(r: Request): Promise<Reply<T>> {
  const res = await send(r);
  const serial = Number(/^(?:W\/)?"(\d+)"$/.exec(res.headers.get('ETag') ?? '')?.[1] ?? 0);
  const reply = { serial, status: res.status, notModified: res.status === 304 };
  if (res.status === 204 || res.status === 304) return { ...reply, data: undefined as T };
  const body = (await res.json()) as { data: T };
  return { ...reply, data: body.data };
}

export const get = async <T>(path: string, query?: Request['query'], signal?: AbortSignal) =>
  (await call<T>({ path, query, signal })).data;

export const post = async <T>(path: string, body?: unknown, more?: Partial<Request>) =>
  (await call<T>({ method: 'POST', path, body, ...more })).data;

export const put = async <T>(path: string, body: unknown, more?: Partial<Request>) =>
  (await call<T>({ method: 'PUT', path, body, ...more })).data;

export const patch = async <T>(path: string, body: unknown, more?: Partial<Request>) =>
  (await call<T>({ method: 'PATCH', path, body, ...more })).data;

export const del = async (path: string, more?: Partial<Request>) =>
  void (await call<void>({ method: 'DELETE', path, ...more }));

// A server that starts or stops says UNAVAILABLE; one that goes on saying so has another trouble.
const mostTries = 10;

// send returns an answer that is no error; its body is not read yet.
export async function send(r: Request): Promise<Response> {
  const headers = headersOf(r);
  const repeatable = !r.quiet && (isRead(r) || r.once === true);
  let refreshed = false;
  for (let tries = 0; ; tries++) {
    if (!isRead(r)) headers.set('X-CSRF-Token', hooks.csrf());
    const res = await attempt(r, headers);
    if (res?.ok || res?.status === 304) return res;
    const error = res && !isGateway(res) ? await errorOf(res) : away();
    if (error.status === 0 || (error.code === 'UNAVAILABLE' && tries < mostTries)) {
      if (!repeatable) throw error;
      await hooks.lost(r.signal);
    } else if (error.status === 401 && !r.quiet && hooks.signedIn()) {
      await hooks.signInAgain();
    } else if (error.code === 'REAUTHENTICATE' && !r.quiet) {
      if (!(await hooks.confirm())) throw error;
    } else if (error.code === 'CSRF' && !refreshed) {
      refreshed = true;
      await hooks.refreshSession();
    } else {
      if (error.status === 403 && hooks.signedIn()) void hooks.refreshSession().catch(() => {}); // a role may have been taken away
      throw error;
    }
  }
}

// attempt is one try; null where there was no server to answer it.
async function attempt(r: Request, headers: Headers): Promise<Response | null> {
  try {
    return await fetch(urlOf(r), {
      method: r.method ?? 'GET',
      headers,
      body: r.text ?? (r.body === undefined ? undefined : JSON.stringify(r.body)),
      signal: r.signal,
      credentials: 'same-origin',
      redirect: 'error',
    });
  } catch (e) {
    if (r.signal?.aborted) throw e;
    return null;
  }
}

export function urlOf(r: Pick<Request, 'path' | 'query'>): string {
  const q = new URLSearchParams();
  for (const [name, value] of Object.entries(r.query ?? {})) {
    for (const v of Array.isArray(value) ? value : [value]) if (v !== undefined) q.append(name, String(v));
  }
  const text = q.toString();
  return `/v1${r.path}${text && `?${text}`}`;
}

function headersOf(r: Request): Headers {
  const h = new Headers(r.headers);
  if (r.text !== undefined) h.set('Content-Type', 'text/dns');
  else if (r.body !== undefined) h.set('Content-Type', 'application/json');
  if (r.ifMatch) h.set('If-Match', `"${r.ifMatch}"`);
  if (r.once) h.set('Idempotency-Key', randomKey());
  return h;
}

// randomKey works without a secure context too, in which crypto.randomUUID is missing.
function randomKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, '0')).join('');
}

const isRead = (r: Request) => !r.method || r.method === 'GET';

// isGateway tells a proxy before a server that is away from the server itself, which answers in JSON.
const isGateway = (res: Response) =>
  [502, 503, 504].includes(res.status) && !res.headers.get('Content-Type')?.includes('json');

const away = () =>
  new ApiError(0, {
    code: 'UNREACHABLE',
    message: 'The server did not answer. What you typed is still here; try again in a moment.',
  });

async function errorOf(res: Response): Promise<ApiError> {
  try {
    const body = (await res.json()) as { error?: ErrorBody };
    if (body.error) return new ApiError(res.status, body.error, res.headers);
  } catch {
    // no JSON: something between here and the server answered
  }
  const message = `Something between here and the server answered with ${res.status} ${res.statusText}.`;
  return new ApiError(res.status, { code: 'HTTP_ERROR', message }, res.headers);
}

// lines reads an answer of JSON lines: each progress is told, the last line is returned.
export async function lines<P, T>(r: Request, progress: (p: P) => void): Promise<T> {
  const res = await send({ ...r, headers: { ...r.headers, Accept: 'application/x-ndjson' } });
  for await (const line of textLines(res.body!)) {
    const { status, data, error } = JSON.parse(line) as { status: string; data: unknown; error?: ErrorBody };
    if (status === 'progress') progress(data as P);
    else if (status === 'success') return data as T;
    else throw new ApiError(409, error ?? { code: 'HTTP_ERROR', message: 'The server reported an error.' }, res.headers);
  }
  throw new ApiError(0, { code: 'BROKEN_OFF', message: 'The answer broke off. Look at the zone before you repeat it.' });
}

export async function* textLines(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader();
  let rest = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) break;
    const parts = (rest + value).split('\n');
    rest = parts.pop()!;
    for (const part of parts) if (part) yield part;
  }
  if (rest) yield rest;
}
