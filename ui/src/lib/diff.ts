import type { RRset, RRsetRecord, ZoneDiff, ZoneProps } from './types.ts';

export interface DiffLine {
  sign: '+' | '-' | ' ';
  text: string;
}

// recordText is a record as in a zone file, with what is kept beside it as a comment.
export function recordText(name: string, ttl: number, type: string, r: RRsetRecord): string {
  const notes = [
    r.disabled && 'disabled',
    r.settings && Object.keys(r.settings).length > 0 && settingsText(r.settings as Record<string, unknown>),
    r.comment && JSON.stringify(r.comment),
  ].filter(Boolean);
  return `${name} ${ttl < 0 ? 'default' : ttl} ${type} ${r.content}${notes.length ? ` ; ${notes.join(', ')}` : ''}`;
}

const settingsText = (s: Record<string, unknown>) =>
  Object.entries(s)
    .map(([k, v]) => `${k}=${Array.isArray(v) ? v.join(' ') : v}`)
    .join(', ');

// diffLines is what becomes of the records: those that go, then those that come, set by set.
export function diffLines(z: Pick<ZoneDiff, 'sets'>): DiffLine[] {
  return (z.sets ?? []).flatMap((s) => {
    const text = (set?: RRset) => (set?.records ?? []).map((r) => recordText(s.name, set!.ttl, s.type, r));
    const before = text(s.before);
    const after = text(s.after);
    return [
      ...before.filter((t) => !after.includes(t)).map((t) => ({ sign: '-' as const, text: t })),
      ...after.map((t) => ({ sign: before.includes(t) ? (' ' as const) : ('+' as const), text: t })),
    ];
  });
}

const propNames: [keyof ZoneProps, string][] = [
  ['type', 'type'],
  ['region', 'region'],
  ['status', 'status'],
  ['account', 'account'],
  ['default_ttl', 'default TTL'],
  ['flatten_all_cnames', 'flatten all CNAMEs'],
  ['soa', 'SOA'],
  ['soa_ttl', 'TTL of the SOA'],
];

const told: (keyof ZoneProps)[] = ['soa', 'default_ttl', 'flatten_all_cnames'];

// propLines is what becomes of the properties of the zone itself.
export function propLines(z: Pick<ZoneDiff, 'before' | 'after'>): DiffLine[] {
  return propNames.flatMap(([prop, label]) => {
    if (!z.before && !told.includes(prop)) return []; // of a new zone only what somebody wrote
    const before = z.before?.[prop];
    const after = z.after?.[prop];
    if (before === after) return [];
    const line = (sign: '+' | '-', v: unknown): DiffLine[] => (v === undefined || v === '' ? [] : [{ sign, text: `${label}: ${v}` }]);
    return [...line('-', before), ...line('+', after)];
  });
}
