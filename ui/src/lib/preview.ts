import type { Explanation, RRset } from './types.ts';

// What resolvers will be answered for a name once a change is made, as far as the zone says it.

export interface Line {
  name: string;
  ttl: number;
  type: string;
  content: string;
}

export interface Preview {
  lines: Line[];
  follow?: { target: string; as: string | null; ttl: number }; // a target beyond the zone; `as` is the name under which an ALIAS shows its addresses
  note?: string;
}

type Look = (name: string, type: string) => RRset | undefined;

const ttlOf = (set: RRset, defaultTTL: number) => (set.ttl < 0 ? defaultTTL : set.ttl);

const live = (set: RRset | undefined) => (set?.records ?? []).filter((r) => !r.disabled);

const lowered = (t: string) => (t.endsWith('.') ? t : `${t}.`).toLowerCase();

// previewOf follows name by `look` in the zone of that apex, which is absolute. A CNAME at the apex
// is answered as an ALIAS is: others stand beside it there.
export function previewOf(name: string, type: string, look: Look, zone: { apex: string; defaultTTL: number }): Preview {
  const { apex, defaultTTL } = zone;
  const held = (n: string) => n === apex || n.endsWith(`.${apex}`);
  const set = look(name, type);
  const records = live(set);
  if (!records.length) return { lines: [], note: set?.records.length ? 'Nothing: the record is disabled.' : undefined };
  const ttl = ttlOf(set!, defaultTTL);
  if (type === 'CNAME' && name !== apex) return follow(name, ttl, records[0]!.content, look, held, defaultTTL);
  if (type === 'ALIAS' || type === 'CNAME') return flat(name, ttl, lowered(records[0]!.content), look, held, defaultTTL);
  return { lines: records.map((r) => ({ name, ttl, type, content: r.content })) };
}

const most = 16;

function follow(name: string, ttl: number, first: string, look: Look, held: (n: string) => boolean, defaultTTL: number): Preview {
  const lines: Line[] = [{ name, ttl, type: 'CNAME', content: lowered(first) }];
  for (let at = lowered(first); ; ) {
    if (!held(at)) return { lines, follow: { target: at, as: null, ttl } };
    const next = look(at, 'CNAME');
    if (!live(next).length) {
      const end = addresses(at, look, defaultTTL);
      return { lines: [...lines, ...end], note: end.length ? undefined : `${at} has no addresses.` };
    }
    if (lines.some((l) => l.name === at) || lines.length > most) return { lines, note: 'These names run in a circle.' };
    const content = lowered(live(next)[0]!.content);
    lines.push({ name: at, ttl: ttlOf(next!, defaultTTL), type: 'CNAME', content });
    at = content;
  }
}

function flat(name: string, ttl: number, target: string, look: Look, held: (n: string) => boolean, defaultTTL: number): Preview {
  let least = ttl;
  for (let at = target, n = 0; n < most; n++) {
    if (!held(at)) return { lines: own(name, look, defaultTTL), follow: { target: at, as: name, ttl: least } };
    const next = live(look(at, 'CNAME')).length ? look(at, 'CNAME') : look(at, 'ALIAS');
    if (!live(next).length) {
      const mine = own(name, look, defaultTTL);
      const end = addresses(at, look, defaultTTL).filter((l) => !mine.some((m) => m.type === l.type));
      const lines = end.map((l) => ({ ...l, name, ttl: Math.min(least, l.ttl) }));
      return { lines: [...mine, ...lines], note: lines.length || mine.length ? undefined : `${at} has no addresses.` };
    }
    least = Math.min(least, ttlOf(next!, defaultTTL));
    at = lowered(live(next)[0]!.content);
  }
  return { lines: [], note: 'These names run in a circle.' };
}

const own = (name: string, look: Look, defaultTTL: number) => addresses(name, look, defaultTTL);

function addresses(name: string, look: Look, defaultTTL: number): Line[] {
  return ['A', 'AAAA'].flatMap((type) => {
    const set = look(name, type);
    return live(set).map((r) => ({ name, ttl: ttlOf(set!, defaultTTL), type, content: r.content }));
  });
}

// beyond adds what was found out about the target of a preview.
export function beyond(p: Preview, found: Explanation[]): Preview {
  if (!p.follow) return p;
  const { as, ttl } = p.follow;
  const taken = new Set(p.lines.map((l) => l.type));
  const lines = found.flatMap((e) =>
    e.records
      .filter((r) => !as || (r.type === e.type && !taken.has(r.type)))
      .map((r) => (as ? { ...r, name: as, ttl: Math.min(ttl, e.ttl ?? r.ttl) } : r)),
  );
  const all = [...p.lines, ...lines];
  const unique = all.filter((l, i) => all.findIndex((o) => o.name === l.name && o.type === l.type && o.content === l.content) === i);
  const why = found.find((e) => e.rcode !== 'NOERROR')?.why;
  return { lines: unique, note: lines.length ? p.note : (why ?? `${p.follow.target} has no addresses now.`) };
}
