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
  const ttl = t.ttl === '' ? undefined : (parseTTL(t.ttl) ?? -1);
  if (!content || ttl === -1 || t.name.trim() === '') return null;
  const record: RecordEdit = { content, disabled: t.disabled, comment: t.comment.trim() };
  if (follows(t.type)) record.settings = t.settings;
  const add: RecordEdits = { op: 'add', name: absolute(t.name, zone), type: t.type, records: [record] };
  if (ttl !== undefined) add.ttl = ttl;
  return [...(old ? [removal(old)] : []), add, ...t.also];
}

export const removal = (r: ZoneRecord): RecordEdits => ({ op: 'remove', name: r.name, type: r.type, contents: [r.content] });
