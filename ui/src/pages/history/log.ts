import type { Change, ZoneDiff } from '../../lib/types.ts';
import { bare } from '../../lib/name.ts';

const acts = { create: 'created', delete: 'deleted', update: 'changed' };

// titleOf is a change in one line: its reason, or what it did.
export function titleOf(c: Change): string {
  if (c.reason) return c.reason;
  if (c.zones.length === 1) return `${bare(c.zones[0]!.name)} ${acts[c.zones[0]!.kind]}`;
  return `${c.zones.length.toLocaleString('en')} zones changed`;
}

// who is the author in words, with the way the change came in.
export function who(c: Change): string {
  const name = c.author.name || c.author.account || 'the server';
  return c.author.via && c.author.via !== 'dashboard' ? `${name}, by ${c.author.via}` : name;
}

// counts is how many records a change takes away and brings, where it says what it did to them.
export function counts(zones: ZoneDiff[]): { added: number; removed: number } | null {
  if (!zones.some((z) => z.sets)) return null;
  const sum = { added: 0, removed: 0 };
  for (const s of zones.flatMap((z) => z.sets ?? [])) {
    const before = new Set((s.before?.records ?? []).map((r) => JSON.stringify([s.before!.ttl, r])));
    const after = new Set((s.after?.records ?? []).map((r) => JSON.stringify([s.after!.ttl, r])));
    for (const r of after) if (!before.has(r)) sum.added++;
    for (const r of before) if (!after.has(r)) sum.removed++;
  }
  return sum;
}

export type Whenever = { revision: number } | { time: string } | { serial: number };

// before is the state of a zone right before a change.
export const before = (c: Change): Whenever => ({ revision: c.revision - 1 });

// localTime is a time as input type="datetime-local" has it.
export function localTime(when: Date): string {
  const two = (n: number) => String(n).padStart(2, '0');
  return `${when.getFullYear()}-${two(when.getMonth() + 1)}-${two(when.getDate())}T${two(when.getHours())}:${two(when.getMinutes())}:${two(when.getSeconds())}`;
}
