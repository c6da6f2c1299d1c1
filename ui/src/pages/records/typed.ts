import { parseContent, presets, writeContent } from '../../lib/forms.ts';
import { absolute, relative } from '../../lib/name.ts';
import { parseTTL } from '../../lib/ttl.ts';
import type { RecordEdit, RecordEdits, RecordSettings, ZoneChange, ZoneRecord } from '../../lib/types.ts';

// What is in the form of a record.
export interface Typed {
  name: string;
  type: string;
  values: Record<string, string>;
  ttl: string; // empty for the default, or that of the other records of the set
  comment: string;
  disabled: boolean;
  settings: RecordSettings;
  also: RecordEdits[]; // what goes with it, by a fix that was chosen
  others: ZoneChange[];
}

export const blank = (type = 'A'): Typed => ({
  name: '',
  type,
  values: presets(type),
  ttl: '',
  comment: '',
  disabled: false,
  settings: {},
  also: [],
  others: [],
});

export function typedOf(r: ZoneRecord, zone: string): Typed {
  return {
    ...blank(r.type),
    name: relative(r.name, zone),
    values: parseContent(r.type, r.content),
    ttl: String(r.ttl),
    comment: r.comment ?? '',
    disabled: r.disabled,
    settings: r.settings ?? {},
  };
}

export const contentOf = (t: Typed) => writeContent(t.type, t.values);

export const follows = (type: string) => type === 'CNAME' || type === 'ALIAS';

// editsOf is what the form does, in place of a record if it edits one; null while it is not complete.
export function editsOf(t: Typed, zone: string, old?: ZoneRecord): RecordEdits[] | null {
  const content = contentOf(t);
  const asItWas = old && t.ttl === String(old.ttl);
  const ttl = t.ttl === '' || asItWas ? undefined : parseTTL(t.ttl);
  if (!content || ttl === null || t.name.trim() === '') return null;
  const record: RecordEdit = { content, disabled: t.disabled, comment: t.comment.trim() };
  if (follows(t.type)) record.settings = t.settings;
  const add: RecordEdits = { op: 'add', name: absolute(t.name, zone), type: t.type, records: [record] };
  if (ttl !== undefined) add.ttl = ttl;
  return [...(old ? [removal(old)] : []), add, ...t.also];
}

export const removal = (r: ZoneRecord): RecordEdits => ({ op: 'remove', name: r.name, type: r.type, contents: [r.content] });

// A field that two people have set otherwise.
export interface Clash {
  label: string;
  theirs: string;
  take: (t: Typed) => Typed; // what they have set, in place of what is typed
}

export interface Renewed {
  typed: Typed;
  taken: string[]; // fields that have become what others have set
  clashes: Clash[];
}

type Part = [label: string, read: (t: Typed) => unknown, take: (t: Typed, from: Typed) => Typed, shown: (t: Typed) => string];

const simple = (key: 'ttl' | 'comment' | 'disabled' | 'settings', label: string, shown: (t: Typed) => string): Part => [label, (t) => t[key], (t, from) => ({ ...t, [key]: from[key] }), shown];

const parts: Part[] = [
  ['value', (t) => contentOf(t), (t, from) => ({ ...t, type: from.type, values: from.values }), (t) => contentOf(t) ?? ''],
  simple('ttl', 'TTL', (t) => t.ttl),
  simple('comment', 'comment', (t) => t.comment || 'none'),
  simple('disabled', 'state', (t) => (t.disabled ? 'disabled' : 'enabled')),
  simple('settings', 'settings', (t) => JSON.stringify(t.settings)),
];

// renewed carries what is typed over to a record that others have changed: a field that was not
// touched becomes what they have set, and of one that was somebody must choose.
export function renewed(typed: Typed, base: ZoneRecord, now: ZoneRecord, zone: string): Renewed {
  const [was, is] = [typedOf(base, zone), typedOf(now, zone)];
  const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
  const out: Renewed = { typed, taken: [], clashes: [] };
  for (const [label, read, take, shown] of parts) {
    if (same(read(was), read(is)) || same(read(typed), read(is))) continue;
    if (same(read(typed), read(was))) {
      out.typed = take(out.typed, is);
      out.taken.push(label);
    } else {
      out.clashes.push({ label, theirs: shown(is), take: (t) => take(t, is) });
    }
  }
  return out;
}

// untouched reports whether a form says what its record does.
export const untouched = (t: Typed, r: ZoneRecord, zone: string) => JSON.stringify(t) === JSON.stringify(typedOf(r, zone));
