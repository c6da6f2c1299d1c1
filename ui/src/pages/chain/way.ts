import type { ExplainStep, Explanation } from '../../lib/types.ts';
import type { Chain } from './types.ts';

// One step of the way from a name to its records, however it was found out.
export interface WayStep {
  owner: string;
  kind: string; // CNAME, ALIAS and so on for a link; exact, nodata and so on for the end
  link: boolean;
  zone?: string;
  server?: string;
  via?: string;
  ttl: number | null;
  left: number | null;
  took: number | null; // in milliseconds; null where nobody measured
  source?: string;
  state?: string;
  target?: string;
  records: string[];
  why?: string;
}

export interface Way {
  name: string;
  type: string;
  steps: WayStep[];
  end: string;
  why: string;
  ttl: number | null; // of the answer as a whole
  ttlStep: number;
  explained: boolean; // false where only the zones held were looked at
}

export const links = new Set(['CNAME', 'DNAME', 'ALIAS', 'HTTPS', 'SVCB']);
const ends = new Set(['exact', 'wildcard', 'nodata', 'nxdomain', 'departed', 'loop', 'too-long', 'exhausted', 'unknown']);

// wayOf leaves out of an explanation who was asked on the way, but for the time it took:
// that is of the step which it found.
export function wayOf(e: Explanation): Way {
  const steps: WayStep[] = [];
  let ttlStep = -1;
  let waited = 0;
  e.steps.forEach((s, i) => {
    waited += s.took_ms;
    if (s.depth !== 0 || (!links.has(s.kind) && !ends.has(s.kind))) return;
    if (i === e.ttl_step) ttlStep = steps.length;
    steps.push(step(s, waited));
    waited = 0;
  });
  return { name: e.name, type: e.type, steps, end: e.end, why: e.why, ttl: e.ttl, ttlStep, explained: true };
}

const step = (s: ExplainStep, took: number): WayStep => ({
  owner: s.owner,
  kind: s.kind,
  link: links.has(s.kind) && !!s.target,
  zone: s.zone,
  server: s.server,
  via: s.via,
  ttl: s.ttl,
  left: s.ttl_left,
  took,
  source: s.source,
  state: s.state,
  target: s.target,
  records: s.records ?? [],
  why: s.why,
});

// wayOfChain is the way as far as the zones held show it.
export function wayOfChain(c: Chain): Way {
  const plain = { left: null, took: null, records: [] };
  const steps: WayStep[] = c.links.map((l) => ({ ...plain, owner: l.owner, kind: l.kind, link: true, zone: l.zone, via: l.via, ttl: l.ttl, source: 'own', target: l.target }));
  steps.push({ ...plain, owner: c.last, kind: c.end, link: false, zone: c.zone, ttl: c.zone ? c.ttl : null, why: endWords[c.end] ?? c.end });
  return { name: c.name, type: c.type, steps, end: c.end, why: endWords[c.end] ?? c.end, ttl: c.zone ? c.ttl : null, ttlStep: -1, explained: false };
}

export const endWords: Record<string, string> = {
  addresses: 'the records are there',
  answered: 'the records are there',
  nodata: 'the name has no records of this type',
  nxdomain: 'the name does not exist',
  leaves: 'the name is in no zone held here',
  departed: 'the name is with others, and this server asks nobody',
  delegated: 'the name is in a zone that was handed on to other servers',
  loop: 'the names lead back to one another',
  'too-long': 'there are more links than are followed',
};

// tone is how an end is shown.
export function tone(end: string): 'good' | 'warn' | 'bad' {
  if (['answered', 'addresses', 'exact', 'wildcard', 'leaves', 'delegated'].includes(end)) return 'good';
  return ['nodata', 'departed'].includes(end) ? 'warn' : 'bad';
}

const kindWords: Record<string, string> = {
  exact: 'records',
  wildcard: 'records of a wildcard',
  addresses: 'records',
  nodata: 'no records of this type',
  nxdomain: 'no such name',
  leaves: 'with others',
  departed: 'with others',
  delegated: 'handed on',
  exhausted: 'no server answers',
  unknown: 'not known',
  loop: 'a loop',
  'too-long': 'chain too long',
};

export const kindOf = (s: Pick<WayStep, 'kind'>) => kindWords[s.kind] ?? s.kind;

export const milliseconds = (ms: number) => (ms < 1 ? 'under 1 ms' : ms < 10 ? `${ms.toFixed(1)} ms` : `${Math.round(ms).toLocaleString('en')} ms`);
