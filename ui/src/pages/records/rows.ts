import { bare } from '../../lib/name.ts';
import { rowKey, setKey, toRecords, type Sets } from '../../lib/rrsets.ts';
import type { ZoneRecord } from '../../lib/types.ts';

// A row of the list: a record, and what the draft makes of it.
export interface Row extends ZoneRecord {
  state?: 'added' | 'changed' | 'removed';
}

// rowsOf is the records with the draft laid over them: what it removes stays to be seen.
export function rowsOf(records: ZoneRecord[], sets: Sets): Row[] {
  if (!sets.size) return records;
  const left = new Map(sets);
  const out: Row[] = [];
  for (const r of records) {
    const key = setKey(r.name, r.type);
    if (!sets.has(key)) {
      out.push(r);
    } else if (left.has(key)) {
      out.push(...overlaid(sets, key));
      left.delete(key);
    }
  }
  return [...[...left.keys()].flatMap((key) => overlaid(sets, key)), ...out];
}

function overlaid(sets: Sets, key: string): Row[] {
  const s = sets.get(key)!;
  const before = toRecords(s.name, s.type, s.before);
  const after = toRecords(s.name, s.type, s.after);
  const find = (list: ZoneRecord[], r: ZoneRecord) => list.find((o) => o.content === r.content);
  const same = (a: ZoneRecord, b: ZoneRecord) => JSON.stringify(a) === JSON.stringify(b);
  return [
    ...before.filter((r) => !find(after, r)).map((r): Row => ({ ...r, state: 'removed' })),
    ...after.map((r): Row => {
      const old = find(before, r);
      return old ? (same(old, r) ? r : { ...r, state: 'changed' }) : { ...r, state: 'added' };
    }),
  ];
}

// filtered keeps the rows that hold all words of text in name, content or comment, and are of type.
export function filtered(rows: Row[], text: string, type: string): Row[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length && !type) return rows;
  const holds = (r: Row, w: string) =>
    r.name.toLowerCase().includes(w) || r.content.toLowerCase().includes(w) || (r.comment !== null && r.comment.toLowerCase().includes(w));
  return rows.filter((r) => (!type || r.type === type) && words.every((w) => holds(r, w)));
}

export function typesOf(records: ZoneRecord[]): [string, number][] {
  const count = new Map<string, number>();
  for (const r of records) count.set(r.type, (count.get(r.type) ?? 0) + 1);
  return [...count].sort((a, b) => b[1] - a[1]);
}

const pointers = new Set(['CNAME', 'ALIAS', 'DNAME', 'MX', 'NS', 'SRV', 'PTR', 'HTTPS', 'SVCB']);

// moved is the name that goes elsewhere when a record is to be moved: the target that it points at,
// or its own name, at which others point.
export function moved(r: Pick<ZoneRecord, 'name' | 'type' | 'content'>): string {
  if (!pointers.has(r.type)) return bare(r.name);
  const target = r.content.split(' ').find((word) => word.endsWith('.') && word !== '.');
  return bare(target ?? r.name);
}

export const keyOf = (r: Row) => `${rowKey(r)} ${r.state === 'removed' ? '-' : ''}`;
