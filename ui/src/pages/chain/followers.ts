import { lines } from '../../lib/api.ts';
import { bare } from '../../lib/name.ts';
import type { Dependent } from './types.ts';

// Who follows a name directly, counted while they come in.
export interface Followers {
  list: Dependent[]; // the first `most`
  total: number; // that came so far
  zones: Map<string, number>; // how many of them are in each zone
  hidden: number; // in zones that the user may not see
  done: boolean; // all came, unless more is true
  more: boolean; // there are more than were counted
}

export const empty = (): Followers => ({ list: [], total: 0, zones: new Map(), hidden: 0, done: false, more: false });

export const mostCounted = 20_000;
const mostKept = 5_000;

interface End {
  count: number;
  hidden?: number;
}

export const pathOf = (name: string) => `/aliases/${encodeURIComponent(bare(name))}/dependents`;

// direct reads all that point at name itself. `tell` is called now and then on the way; what
// is beyond `most` is left uncounted.
export async function direct(name: string, most: number, tell: (f: Followers) => void, signal?: AbortSignal): Promise<Followers> {
  const f = empty();
  const stop = new AbortController();
  signal?.addEventListener('abort', () => stop.abort());
  let told = 0;
  try {
    const end = await lines<Dependent, End>({ path: pathOf(name), query: { transitive: false }, signal: stop.signal }, (d) => {
      if (f.total >= most) {
        f.more = true;
        return stop.abort();
      }
      f.total++;
      f.zones.set(d.zone, (f.zones.get(d.zone) ?? 0) + 1);
      if (f.list.length < mostKept) f.list.push(d);
      if (f.total === 100 || performance.now() - told > 250) {
        told = performance.now();
        tell({ ...f, zones: new Map(f.zones) });
      }
    });
    f.hidden = end.hidden ?? 0;
  } catch (e) {
    if (!f.more || signal?.aborted) throw e;
  }
  f.done = true;
  return f;
}

// A row of the tree: a name that follows, or many of one zone, closed until they are asked for.
export type Branch =
  | { kind: 'name'; dependent: Dependent }
  | { kind: 'zone'; zone: string; count: number; atLeast: boolean; members: Dependent[] }; // atLeast: not all were counted

const fewest = 12; // names that are shown one by one

// branches collapses those of one zone wherever there would be many.
export function branches(f: Pick<Followers, 'list' | 'zones'> & Partial<Pick<Followers, 'more'>>): Branch[] {
  if (f.list.length <= fewest) return f.list.map((dependent) => ({ kind: 'name', dependent }));
  const members = new Map<string, Dependent[]>();
  for (const d of f.list) {
    const list = members.get(d.zone);
    if (list) list.push(d);
    else members.set(d.zone, [d]);
  }
  return [...members].sort((a, b) => (f.zones.get(b[0]) ?? 0) - (f.zones.get(a[0]) ?? 0)).flatMap(([zone, list]): Branch[] => {
    if (list.length <= 3) return list.map((dependent) => ({ kind: 'name', dependent }));
    return [{ kind: 'zone', zone, count: f.zones.get(zone) ?? list.length, atLeast: f.more ?? false, members: list }];
  });
}

export const countOf = (f: Pick<Followers, 'total' | 'more' | 'done'>) =>
  f.total.toLocaleString('en') + (f.more || !f.done ? '+' : '');
