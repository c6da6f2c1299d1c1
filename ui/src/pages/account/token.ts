import type { Token } from './types.ts';

// What a token may do, as it is chosen.
export interface TokenDraft {
  name: string;
  scopes: string[];
  days: string; // until it ends; empty for never, "date" for the end of the day that is chosen
  date: string; // as an input has it: 2026-12-31
  zones: string;
  owners: string;
  types: string;
  targets: string;
  networks: string;
}

// everything holds all other scopes, and those that are added later.
export const everything = '*';

// The scopes, each with what it is called and what it allows.
export const scopes: [scope: string, title: string, allows: string][] = [
  ['zones:read', 'See zones', 'Lists zones, exports and checks them, plans moves.'],
  ['zones:write', 'Change zones', 'Creates, imports, configures and deletes zones.'],
  ['records:read', 'See records', 'Reads records, where names lead, and who follows them.'],
  ['records:write', 'Change records', 'Creates, changes and deletes records.'],
  ['activity:read', 'Read the history', 'Sees who changed what, and when.'],
  ['usage:read', 'Read the traffic', 'Sees how many queries there were, and for which names.'],
  ['apikeys:read', 'See tokens', 'Lists tokens, without their secrets.'],
  ['apikeys:write', 'Make and revoke tokens', 'Gives others what it may do itself, and takes any token away.'],
  ['users:read', 'See members', 'Lists the accounts and members that it may see.'],
  ['users:write', 'Change members', 'Invites, changes and removes members; as an operator accounts too.'],
];

export const usual: [string, string[]][] = [
  ['Read', ['zones:read', 'records:read']],
  ['Records', ['zones:read', 'records:read', 'records:write']],
  ['Zones and records', ['zones:read', 'zones:write', 'records:read', 'records:write']],
  ['Everything', [everything]],
];

export const blank: TokenDraft = { name: '', scopes: usual[1]![1], days: '', date: '', zones: '', owners: '', types: '', targets: '', networks: '' };

export const list = (text: string) => text.split(/[\s,;]+/).filter(Boolean);

// endOf is when a token ends; null for never.
export function endOf(d: Pick<TokenDraft, 'days' | 'date'>, now = Date.now()): Date | null {
  if (d.days === 'date') return d.date ? new Date(`${d.date}T23:59:59`) : null; // where the user is
  return Number(d.days) > 0 ? new Date(now + Number(d.days) * 86_400_000) : null;
}

// dayOf is the day of a point in time where the user is, as an input of a date has it.
export function dayOf(when: number): string {
  const d = new Date(when);
  return [d.getFullYear(), d.getMonth() + 1, d.getDate()].map((n) => String(n).padStart(2, '0')).join('-');
}

// titleOf is what a scope is called.
export function titleOf(scope: string): string {
  if (scope === everything) return 'everything';
  return scopes.find(([s]) => s === scope)?.[1].toLowerCase() ?? scope;
}

// isStrong says that a scope changes something.
export const isStrong = (scope: string) => scope === everything || /:(write|\*)$/.test(scope);

// curlOf shows how a program uses a token of those scopes, by something that they allow.
export function curlOf(origin: string, scopes: readonly string[] = ['*']): string {
  const lists = scopes.some((s) => s === '*' || s === 'zones:read');
  const path = lists ? 'zones' : scopes.includes('usage:read') ? 'usage' : 'users/me';
  return `curl -H "Authorization: Bearer $TOKEN" ${origin}/v1/${path}`;
}

// requestOf is what the server is asked for.
export function requestOf(d: TokenDraft, now = Date.now()): Record<string, unknown> {
  const narrow = (name: 'zones' | 'owners' | 'types' | 'targets' | 'networks') => {
    const items = list(name === 'types' ? d[name].toUpperCase() : d[name]);
    return items.length ? { [name]: items } : {};
  };
  const ends = endOf(d, now);
  return {
    name: d.name.trim(),
    scopes: d.scopes,
    ...(ends ? { expires_at: ends.toISOString() } : {}),
    ...narrow('zones'),
    ...narrow('owners'),
    ...narrow('types'),
    ...narrow('targets'),
    ...narrow('networks'),
  };
}

// scopesOf reads the scopes of a token, which are a string that holds a JSON array.
export function scopesOf(t: Pick<Token, 'scopes'>): string[] {
  try {
    const read: unknown = JSON.parse(t.scopes);
    return Array.isArray(read) ? read.map(String) : [];
  } catch {
    return [];
  }
}

// limitsOf is how a token is narrowed, in words.
export function limitsOf(t: Token): string[] {
  const part = (label: string, items?: string[]) => (items?.length ? [`${label} ${items.join(', ')}`] : []);
  return [...part('in', t.zones), ...part('names', t.owners), ...part('types', t.types), ...part('pointing at', t.targets), ...part('from', t.networks)];
}

// deviceOf is the browser of a session, as far as it can be told.
export function deviceOf(agent: string): string {
  const browser = [['Edg/', 'Edge'], ['OPR/', 'Opera'], ['Firefox/', 'Firefox'], ['Chrome/', 'Chrome'], ['Safari/', 'Safari']].find(([mark]) => agent.includes(mark!))?.[1];
  const system = [['Android', 'Android'], ['iPhone', 'iPhone'], ['iPad', 'iPad'], ['Windows', 'Windows'], ['Mac OS', 'macOS'], ['Linux', 'Linux']].find(([mark]) => agent.includes(mark!))?.[1];
  if (!browser) return agent.slice(0, 60) || 'unknown';
  return system ? `${browser} on ${system}` : browser;
}
