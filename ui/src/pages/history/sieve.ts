import { absolute, bare } from '../../lib/name.ts';
import type { Change } from '../../lib/types.ts';

// What is wanted of the log. The server sieves by zone; the rest is sieved here, page by page.
export interface Sieve {
  zone: string;
  author: string; // a part of who it was, or of the way it came in
  name: string; // of a record that was changed
  kind: Kind | '';
}

export type Kind = 'records' | 'create' | 'delete' | 'undo';

export const kinds: [Kind, string][] = [
  ['records', 'records or settings changed'],
  ['create', 'zones created'],
  ['delete', 'zones deleted'],
  ['undo', 'changes taken back'],
];

export const sieveOf = (query: URLSearchParams, zone: string): Sieve => ({
  zone: zone || (query.get('zone') ?? ''),
  author: query.get('author') ?? '',
  name: query.get('name') ?? '',
  kind: kinds.find(([k]) => k === query.get('kind'))?.[0] ?? '',
});

export const authorOf = (c: Change) => c.author.name || c.author.account || 'the server';

// passes reports whether a change is wanted; with a name it must say what it did to the records.
export function passes(c: Change, s: Sieve): boolean {
  const author = `${authorOf(c)} ${c.author.via ?? ''} ${c.author.address ?? ''}`.toLowerCase();
  return author.includes(s.author.trim().toLowerCase()) && isKind(c, s.kind) && touches(c, s.name);
}

function isKind(c: Change, kind: Kind | ''): boolean {
  if (kind === '') return true;
  if (kind === 'undo') return !!c.reverts;
  return c.zones.some((z) => z.kind === (kind === 'records' ? 'update' : kind));
}

// touches takes a name as people write it: whole, or as in the zone that was changed.
function touches(c: Change, name: string): boolean {
  if (!name.trim()) return true;
  return c.zones.some((z) => {
    const wanted = absolute(name, bare(z.name));
    const whole = `${name.trim().replace(/\.$/, '').toLowerCase()}.`;
    return (z.sets ?? []).some((s) => s.name.toLowerCase() === wanted || s.name.toLowerCase() === whole);
  });
}
