import { defaultTTL, setKey, type Sets } from '../../lib/rrsets.ts';
import type { RRset, RRsetRecord, SetDiff } from '../../lib/types.ts';
import type { Row } from './rows.ts';

// What is done to many records at once.
export type Act = { kind: 'enable' } | { kind: 'disable' } | { kind: 'delete' } | { kind: 'ttl'; ttl: number };

// pickable are the records that can be chosen: a zone keeps its SOA, and what the draft has touched
// already is settled there.
export const pickable = (r: Row) => r.type !== 'SOA' && !r.state;

// bulk is sets after an act on the records that were picked.
export function bulk(sets: Sets, picked: readonly Row[], act: Act, base: (name: string, type: string) => RRset | undefined): Sets {
  const out = new Map(sets);
  for (const [key, rows] of grouped(picked)) {
    const { name, type } = rows[0]!;
    const s: SetDiff = out.get(key) ?? { name, type, before: base(name, type), after: base(name, type) };
    if (s.after) out.set(key, { ...s, after: acted(s.after, new Set(rows.map((r) => r.content)), act) });
  }
  return out;
}

function grouped(rows: readonly Row[]): Map<string, Row[]> {
  const out = new Map<string, Row[]>();
  for (const r of rows) {
    const key = setKey(r.name, r.type);
    const list = out.get(key);
    if (list) list.push(r);
    else out.set(key, [r]);
  }
  return out;
}

function acted(set: RRset, contents: Set<string>, act: Act): RRset | undefined {
  if (act.kind === 'ttl') return { ...set, ttl: act.ttl || defaultTTL };
  const records = set.records.flatMap((r) => (contents.has(r.content) ? one(r, act.kind) : [r]));
  return records.length ? { ...set, records } : undefined;
}

function one(r: RRsetRecord, kind: 'enable' | 'disable' | 'delete'): RRsetRecord[] {
  const { disabled: _, ...enabled } = r;
  return { enable: [enabled], disable: [{ ...r, disabled: true }], delete: [] }[kind];
}

// along is how many records get a TTL because others of their set were picked (RFC 2181, Section 5.2).
export function along(picked: readonly Row[], base: (name: string, type: string) => RRset | undefined): number {
  let n = 0;
  for (const rows of grouped(picked).values()) n += (base(rows[0]!.name, rows[0]!.type)?.records.length ?? rows.length) - rows.length;
  return n;
}
