// Passkeys (Web Authentication, Level 3): options and answers as JSON, octets in base64url.

type Json = Record<string, unknown>;

export const canPasskey = () => typeof PublicKeyCredential === 'function' && isSecureContext;

export function fromBase64url(text: string): Uint8Array<ArrayBuffer> {
  const raw = atob(text.replace(/-/g, '+').replace(/_/g, '/'));
  return Uint8Array.from(raw, (c) => c.charCodeAt(0));
}

export function toBase64url(octets: ArrayBuffer | null | undefined): string | undefined {
  if (!octets) return undefined;
  const raw = Array.from(new Uint8Array(octets), (b) => String.fromCharCode(b)).join('');
  return btoa(raw).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}

// getPasskey asks the browser to sign in with a passkey.
export async function getPasskey(options: unknown): Promise<Json> {
  const publicKey = publicKeyOf(options) as unknown as PublicKeyCredentialRequestOptions;
  const c = (await navigator.credentials.get({ publicKey })) as PublicKeyCredential | null;
  if (!c) throw new Error('No passkey was chosen.');
  const r = c.response as AuthenticatorAssertionResponse;
  return credential(c, {
    authenticatorData: toBase64url(r.authenticatorData),
    clientDataJSON: toBase64url(r.clientDataJSON),
    signature: toBase64url(r.signature),
    userHandle: toBase64url(r.userHandle),
  });
}

// makePasskey asks the browser for a new one.
export async function makePasskey(options: unknown): Promise<Json> {
  const publicKey = publicKeyOf(options) as unknown as PublicKeyCredentialCreationOptions;
  const c = (await navigator.credentials.create({ publicKey })) as PublicKeyCredential | null;
  if (!c) throw new Error('No passkey was made.');
  const r = c.response as AuthenticatorAttestationResponse;
  return credential(c, {
    attestationObject: toBase64url(r.attestationObject),
    clientDataJSON: toBase64url(r.clientDataJSON),
    transports: r.getTransports?.() ?? [],
  });
}

const credential = (c: PublicKeyCredential, response: Json): Json => ({
  id: c.id,
  rawId: toBase64url(c.rawId),
  type: c.type,
  authenticatorAttachment: c.authenticatorAttachment ?? undefined,
  clientExtensionResults: c.getClientExtensionResults(),
  response,
});

// publicKeyOf turns the base64url of the options into octets.
export function publicKeyOf(options: unknown): Json {
  const o = options as { publicKey?: Json };
  const out: Json = { ...(o.publicKey ?? (options as Json)) };
  const octets = (v: unknown) => fromBase64url(v as string);
  out.challenge = octets(out.challenge);
  for (const list of ['allowCredentials', 'excludeCredentials']) {
    if (out[list]) out[list] = (out[list] as Json[]).map((c) => ({ ...c, id: octets(c.id) }));
  }
  if (out.user) out.user = { ...(out.user as Json), id: octets((out.user as Json).id) };
  return out;
}
