import type { Token } from './types.ts';

// What a token may do, as it is chosen.
export interface TokenDraft {
  name: string;
  scopes: string[];
  days: string; // until it ends; empty for never
  zones: string;
  owners: string;
  types: string;
  targets: string;
  networks: string;
}

export const scopes: [string, string][] = [
  ['zones:read', 'See zones'],
  ['records:read', 'See records'],
  ['records:write', 'Change records'],
  ['zones:write', 'Create, change and delete zones'],
  ['activity:read', 'Read the activity'],
  ['apikeys:read', 'See tokens'],
  ['apikeys:write', 'Make and revoke tokens'],
  ['users:read', 'See accounts and members'],
  ['users:write', 'Change accounts and members'],
];

export const usual: [string, string[]][] = [
  ['Read', ['zones:read', 'records:read']],
  ['Records', ['zones:read', 'records:read', 'records:write']],
  ['Zones and records', ['zones:read', 'zones:write', 'records:read', 'records:write']],
];

export const blank: TokenDraft = { name: '', scopes: usual[1]![1], days: '', zones: '', owners: '', types: '', targets: '', networks: '' };

export const list = (text: string) => text.split(/[\s,;]+/).filter(Boolean);

// requestOf is what the server is asked for.
export function requestOf(d: TokenDraft, now = Date.now()): Record<string, unknown> {
  const narrow = (name: 'zones' | 'owners' | 'types' | 'targets' | 'networks') => {
    const items = list(name === 'types' ? d[name].toUpperCase() : d[name]);
    return items.length ? { [name]: items } : {};
  };
  const days = Number(d.days);
  return {
    name: d.name.trim(),
    scopes: d.scopes,
    ...(days > 0 ? { expires_at: new Date(now + days * 86_400_000).toISOString() } : {}),
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
