import { bare } from '../../lib/name.ts';
import { parseTTL } from '../../lib/ttl.ts';
import type { Change } from '../../lib/types.ts';
import type { Drain } from '../chain/types.ts';
import type { PlanKind, PlanRequest } from './types.ts';

// What is typed into the form of a plan.
export interface Draft {
  kind: PlanKind;
  from: string;
  to: string;
  ttl: string;
  zones: string;
  types: string;
  followers: boolean;
  reason: string;
}

export const blank: Draft = { kind: 'retarget', from: '', to: '', ttl: '', zones: '', types: '', followers: true, reason: '' };

const list = (text: string) => text.split(/[\s,;]+/).filter(Boolean);

// requestOf is the request for a plan, or which field of the draft is wrong and why.
export function requestOf(d: Draft): { request: PlanRequest } | { field: keyof Draft; wrong: string } {
  if (!d.from.trim()) return { field: 'from', wrong: 'Write the name, as in main.example.net.' };
  if (d.kind === 'retarget' && !d.to.trim()) return { field: 'to', wrong: 'Write the name that they shall point at, as in next.example.net.' };
  const ttl = d.ttl.trim() ? parseTTL(d.ttl) : 0;
  if (ttl === null) return { field: 'ttl', wrong: 'Write seconds, or a time as in 5m or 1 hour.' };
  if (d.kind === 'ttl' && !ttl) return { field: 'ttl', wrong: 'Write the TTL that caches shall keep the records for, as in 5m.' };
  const common = { types: nonEmpty(list(d.types.toUpperCase())), zones: nonEmpty(list(d.zones)), reason: d.reason.trim() || undefined };
  const name = d.from.trim();
  if (d.kind === 'retarget') return { request: { kind: 'retarget', from: name, to: d.to.trim(), ttl: ttl || undefined, ...common } };
  if (d.kind === 'ttl') return { request: { kind: 'ttl', name, ttl, followers: d.followers || undefined, ...common } };
  return { request: { kind: 'delete', name, ...common } };
}

const nonEmpty = (items: string[]) => (items.length ? items : undefined);

// draftOf is the form that makes the request again.
export const draftOf = (r: PlanRequest): Draft => ({
  kind: r.kind,
  from: bare(r.from ?? r.name ?? ''),
  to: bare(r.to ?? ''),
  ttl: r.ttl ? String(r.ttl) : '',
  zones: (r.zones ?? []).join(' '),
  types: (r.types ?? []).join(' '),
  followers: r.followers ?? false,
  reason: r.reason ?? '',
});

export function titleOf(r: PlanRequest): string {
  if (r.kind === 'retarget') return `Move from ${bare(r.from ?? '')} to ${bare(r.to ?? '')}`;
  return r.kind === 'ttl' ? `Another TTL at ${bare(r.name ?? '')}` : `Delete ${bare(r.name ?? '')}`;
}

// doneHref is the page on which the caches are watched that forget what was before the change.
// What the plan knew of them goes along, for plans do not live as long as changes.
export function doneHref(change: Change, drain: Drain): string {
  const q = new URLSearchParams();
  if (drain.seconds !== null) q.set('drain', String(drain.seconds));
  if (drain.by) q.set('by', drain.by);
  const text = q.toString();
  return `/move/done/${change.id}${text && `?${text}`}`;
}

// lifetimes is for how long caches keep each of the records that went or changed, from short to long.
export const lifetimes = (c: Change): number[] =>
  c.zones.flatMap((z) => (z.sets ?? []).flatMap((s) => (s.before ? [s.before.ttl] : []))).sort((a, b) => a - b);

// past is how many of them are over after that many seconds.
export function past(sorted: number[], seconds: number): number {
  let [from, to] = [0, sorted.length];
  while (from < to) {
    const mid = (from + to) >> 1;
    if (sorted[mid]! <= seconds) from = mid + 1;
    else to = mid;
  }
  return from;
}

export interface Changed {
  name: string;
  types: string[];
}

// changedNames is the names that changed, each once.
export function changedNames(c: Change): Changed[] {
  const names = new Map<string, Changed>();
  for (const s of c.zones.flatMap((z) => z.sets ?? [])) {
    const key = s.name.toLowerCase();
    const entry = names.get(key) ?? { name: bare(s.name), types: [] };
    if (!entry.types.includes(s.type)) entry.types.push(s.type);
    names.set(key, entry);
  }
  return [...names.values()];
}

const asked = new Set(['CNAME', 'ALIAS', 'DNAME']);

// typeToAsk is the type by which others are asked whether they see the change.
export const typeToAsk = (c: Changed) => c.types.find((t) => !asked.has(t)) ?? 'A';

// clock is seconds as 1:02:03, or 2:03 where there are no hours.
export function clock(seconds: number): string {
  const s = Math.max(0, Math.ceil(seconds));
  const two = (n: number) => String(n).padStart(2, '0');
  const [h, m] = [Math.floor(s / 3600), Math.floor((s % 3600) / 60)];
  return h ? `${h}:${two(m)}:${two(s % 60)}` : `${m}:${two(s % 60)}`;
}
