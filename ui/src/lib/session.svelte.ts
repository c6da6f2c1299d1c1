import { call, hooks, post } from './api.ts';
import type { Role, Session } from './types.ts';

// Who uses the dashboard. `expired` asks for a sign-in over the page that is open, so that
// nothing on it is lost.
export const session = $state({
  loaded: false,
  expired: false,
  value: { state: 'signed_out' } as Session,
});

let waiting: (() => void)[] = [];

export async function loadSession(): Promise<void> {
  set((await call<{ session: Session }>({ path: '/session' })).data.session);
}

function set(value: Session): void {
  session.value = value;
  session.loaded = true;
  if (value.state !== 'signed_in') return;
  session.expired = false;
  for (const go of waiting.splice(0)) go();
}

const signing = async (path: string, body: unknown) =>
  set((await post<{ session: Session }>(path, body, { quiet: true })).session);

export const signIn = (email: string, password: string) => signing('/session', { email, password });
export const setUp = (v: { code: string; email: string; name: string; password: string }) => signing('/setup', v);
export const join = (v: { code: string; name: string; password: string }) => signing('/join', v);
export const finishPasskey = (body: unknown) => signing('/session/passkey/finish', body);

export async function signOut(): Promise<void> {
  await call({ method: 'DELETE', path: '/session', quiet: true });
  await loadSession();
}

const ranks: Record<Role, number> = { viewer: 0, editor: 1, owner: 2 };

// may reports whether the user has the rights of that role at least.
export function may(role: Role): boolean {
  const own = session.value.user?.role;
  return session.value.state === 'signed_in' && own !== undefined && ranks[own] >= ranks[role];
}

hooks.csrf = () => session.value.csrf ?? '';
hooks.signedIn = () => session.value.state === 'signed_in';
hooks.refreshSession = loadSession;
hooks.signInAgain = () =>
  new Promise((resolve) => {
    session.expired = true;
    waiting.push(resolve);
  });
