import { untrack } from 'svelte';
import { call, hooks, post } from './api.ts';
import { belongTo } from './kept.ts';
import { say, toasts } from './toast.svelte.ts';
import type { Role, Session } from './types.ts';

// Who uses the dashboard. `expired` asks for a sign-in over the page that is open, so that
// nothing on it is lost.
export const session = $state({
  loaded: false,
  expired: false,
  doubted: false, // the password is asked for once more
  value: { state: 'signed_out' } as Session,
});

let waiting: (() => void)[] = [];
let doubting: ((sure: boolean) => void)[] = [];

export async function loadSession(): Promise<void> {
  set((await call<{ session: Session }>({ path: '/session' })).data.session);
}

function set(value: Session): void {
  const before = session.value.user?.id;
  const role = session.value.user?.role;
  const user = value.user?.id ?? '';
  belongTo(user);
  if (before && before !== user) toasts.splice(0); // what they offer was theirs
  // The page is that of somebody else, and so is what it waits to do.
  if (session.expired && before !== user && value.state === 'signed_in') return location.reload();
  if (before === user && role && value.user && role !== value.user.role) tellRole(value);
  session.value = value;
  session.loaded = true;
  if (value.state !== 'signed_in') return;
  session.expired = false;
  for (const go of waiting.splice(0)) go();
}

// tellRole says why there is suddenly less, or more, on the page.
function tellRole(value: Session): void {
  const less = ranks[value.user!.role] < 2 ? ' What you typed is kept; ask an owner if you need more.' : '';
  say(`Your role in ${value.account?.name ?? 'this account'} is ${value.user!.role} now.${less}`, { kind: 'info' });
}

const signing = async (path: string, body: unknown) =>
  set((await post<{ session: Session }>(path, body, { quiet: true })).session);

export const signIn = (email: string, password: string) => signing('/session', { email, password });
export const setUp = (v: { code: string; email: string; name: string; password: string }) => signing('/setup', v);
export const join = (v: { code: string; name: string; password: string }) => signing('/join', v);
export const finishPasskey = (body: unknown) => signing('/session/passkey/finish', body);

// confirm says once more who it is; what waited for it goes on.
export async function confirm(body: unknown): Promise<void> {
  await signing('/session/confirm', body);
  endDoubt(true);
}

export function endDoubt(sure: boolean): void {
  session.doubted = false;
  for (const go of doubting.splice(0)) go(sure);
}

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

// What is asked of the server in an effect must not be asked again because the session was read anew.
hooks.csrf = () => untrack(() => session.value.csrf ?? '');
hooks.signedIn = () => untrack(() => session.value.state === 'signed_in');
hooks.refreshSession = loadSession;
hooks.confirm = () =>
  new Promise((resolve) => {
    session.doubted = true;
    doubting.push(resolve);
  });
hooks.signInAgain = () =>
  new Promise((resolve) => {
    session.expired = true;
    waiting.push(resolve);
  });
