import { absolute } from './name.ts';
import type { RecordEdits, RRset, RRsetRecord, SetDiff, ZoneRecord } from './types.ts';

// RRsets as the pages hold and change them. Owners are absolute names in lower case.

export type Sets = Map<string, SetDiff>; // by setKey: what becomes of the sets that are touched

// The TTL of a set of a draft that is to have the default of its zone.
export const defaultTTL = -1;

export const setKey = (name: string, type: string) => `${name.toLowerCase()} ${type.toUpperCase()}`;

export const rowKey = (r: Pick<ZoneRecord, 'name' | 'type' | 'content'>) => `${setKey(r.name, r.type)} ${r.content}`;

// setOf is the RRset of that key among the records of a zone; undefined for none.
export function setOf(records: readonly ZoneRecord[], name: string, type: string): RRset | undefined {
  const key = setKey(name, type);
  const own = records.filter((r) => r.type === type && setKey(r.name, r.type) === key);
  return own.length ? { ttl: own[0]!.ttl, records: own.map(fromRecord) } : undefined;
}

export function fromRecord(r: ZoneRecord): RRsetRecord {
  const out: RRsetRecord = { content: r.content };
  if (r.disabled) out.disabled = true;
  if (r.comment) out.comment = r.comment;
  if (r.settings && Object.keys(r.settings).length) out.settings = r.settings;
  return out;
}

export function toRecords(name: string, type: string, set: RRset | undefined): ZoneRecord[] {
  return (set?.records ?? []).map((r) => ({
    id: '',
    name,
    type,
    ttl: set!.ttl,
    content: r.content,
    priority: null,
    disabled: r.disabled ?? false,
    comment: r.comment ?? null,
    settings: r.settings,
  }));
}

// applyEdit is what an edit makes of a set.
export function applyEdit(set: RRset | undefined, e: RecordEdits): RRset | undefined {
  const given: RRsetRecord[] = [...(e.contents ?? []).map((content) => ({ content })), ...(e.records ?? []).map(written)];
  const ttl = e.ttl === 0 ? defaultTTL : (e.ttl ?? set?.ttl ?? defaultTTL);
  const same = (a: RRsetRecord) => (b: RRsetRecord) => sameContent(e.type, a.content, b.content);
  let records = set?.records ?? [];
  if (e.op === 'put') records = given;
  else if (e.op === 'remove') records = given.length ? records.filter((r) => !given.some(same(r))) : [];
  else records = [...records.filter((r) => !given.some(same(r))), ...given];
  return records.length ? { ttl, records } : undefined;
}

function written(r: NonNullable<RecordEdits['records']>[number]): RRsetRecord {
  const out: RRsetRecord = { content: r.content };
  if (r.disabled) out.disabled = true;
  if (r.comment) out.comment = r.comment;
  if (r.settings && Object.keys(r.settings).length) out.settings = r.settings;
  return out;
}

// sameContent compares as the server does: names in any case, TXT in either of its forms.
export function sameContent(type: string, a: string, b: string): boolean {
  if (type === 'TXT' || type === 'SPF') return plainText(a) === plainText(b);
  return squeeze(a) === squeeze(b);
}

const squeeze = (t: string) => t.trim().replace(/\s+/g, ' ').replace(/\.(?=\s|$)/g, '').toLowerCase();

// plainText is a TXT content without its quotes, if it is in the form of a zone file.
export function plainText(content: string): string {
  const t = content.trim();
  if (!/^"(?:[^"\\]|\\.)*"(?:\s+"(?:[^"\\]|\\.)*")*$/s.test(t)) return content;
  return [...t.matchAll(/"((?:[^"\\]|\\.)*)"/gs)]
    .map((m) => m[1]!.replace(/\\(\d{3}|.)/gs, (_, c: string) => (c.length === 3 ? String.fromCharCode(Number(c)) : c)))
    .join('');
}

export const sameSet = (a: RRset | undefined, b: RRset | undefined) => signature(a) === signature(b);

function signature(s: RRset | undefined): string {
  if (!s?.records.length) return '';
  const list = s.records.map((r) => JSON.stringify([r.content, r.disabled ?? false, r.comment ?? '', r.settings ?? {}]));
  return `${s.ttl} ${list.sort().join(' ')}`;
}

// toEdits writes the sets that differ as edits of a change. Where the zone has none yet its records
// join what may come to be there; where it has one the edit says all of it, for the serial that was seen.
export function toEdits(sets: Sets): RecordEdits[] {
  return [...sets.values()].filter((s) => !sameSet(s.before, s.after)).map(toEdit);
}

function toEdit(s: SetDiff): RecordEdits {
  if (!s.after?.records.length) return { op: 'remove', name: s.name, type: s.type };
  const redirects = s.type === 'CNAME' || s.type === 'ALIAS';
  const ttl = s.after.ttl === s.before?.ttl ? undefined : s.after.ttl;
  return {
    op: s.before ? 'put' : 'add',
    name: s.name,
    type: s.type,
    ...(ttl === undefined || (ttl === defaultTTL && !s.before) ? {} : { ttl: Math.max(0, ttl) }),
    records: s.after.records.map((r) => ({
      content: r.content,
      disabled: r.disabled ?? false,
      comment: r.comment ?? '',
      ...(redirects ? { settings: r.settings ?? {} } : {}),
    })),
  };
}

// withEdits is sets after edits; base says what the zone has of a set that is not touched yet.
export function withEdits(sets: Sets, edits: RecordEdits[], zone: string, base: (name: string, type: string) => RRset | undefined): Sets {
  const out = new Map(sets);
  for (const e of edits) {
    const name = absolute(e.name, zone);
    const key = setKey(name, e.type);
    const s = out.get(key) ?? { name, type: e.type, before: base(name, e.type), after: base(name, e.type) };
    const stood = s.after ?? (s.before && { ttl: s.before.ttl, records: [] }); // its TTL stays where all its records go
    out.set(key, { ...s, after: applyEdit(stood, { ...e, name }) });
  }
  return out;
}

export type Rebased = { sets: Sets; moved: SetDiff[]; clash: SetDiff[] };

// rebase carries sets over to a zone that somebody else has changed meanwhile: `moved` are the
// sets that both have touched and that go together, `clash` those in which somebody must choose.
// In both, before is what the zone has now.
export function rebase(sets: Sets, base: (name: string, type: string) => RRset | undefined): Rebased {
  const out: Rebased = { sets: new Map(), moved: [], clash: [] };
  for (const [key, s] of sets) {
    const now = base(s.name, s.type);
    if (sameSet(now, s.before)) {
      out.sets.set(key, s);
      continue;
    }
    const merged = merge(s, now);
    const next = { ...s, before: now, after: merged ?? s.after };
    out.sets.set(key, next);
    if (sameSet(next.before, next.after)) out.sets.delete(key);
    else (merged ? out.moved : out.clash).push(next);
  }
  return out;
}

const single = new Set(['CNAME', 'DNAME', 'SOA', 'ALIAS']);

// merge is what both wanted of a set; null where they wanted different things of one record.
function merge(mine: SetDiff, theirs: RRset | undefined): RRset | undefined | null {
  const has = (set: RRset | undefined, r: RRsetRecord) => (set?.records ?? []).some((o) => o.content === r.content);
  const gone = (mine.before?.records ?? []).filter((r) => !has(mine.after, r));
  const changed = (mine.after?.records ?? []).filter((r) => !(mine.before?.records ?? []).some((o) => JSON.stringify(o) === JSON.stringify(r)));
  if (sameSet(mine.after, theirs)) return theirs;
  if (single.has(mine.type) || gone.some((r) => !has(theirs, r))) return null;
  const ttlMoved = mine.before && mine.after && mine.before.ttl !== mine.after.ttl;
  if (ttlMoved && theirs && theirs.ttl !== mine.before!.ttl) return null;
  const [noted] = mine.before?.records ?? []; // a comment is that of the whole set
  const come = changed.map((r) => (theirs && noted && r.comment === noted.comment ? { ...r, comment: theirs.records[0]?.comment } : r));
  const drop = [...gone, ...come];
  const records = [...(theirs?.records ?? []).filter((r) => !drop.some((o) => o.content === r.content)), ...come];
  return records.length ? { ttl: ttlMoved || !theirs ? mine.after!.ttl : theirs.ttl, records } : undefined;
}
