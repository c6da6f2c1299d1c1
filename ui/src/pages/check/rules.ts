import type { Finding, Fix, ZoneChange } from '../../lib/types.ts';
import { bare } from '../../lib/name.ts';

// A finding with the zone it is of, and the serial that was looked at.
export interface Found extends Finding {
  zone: string;
  serial: number;
  name?: string;
  type?: string;
  followers?: number; // records that point at the name, directly or through others
  read_only?: boolean;
}

// How often a rule has something to say, beyond what is listed.
export interface RuleCount {
  code: string;
  severity: 'error' | 'warning';
  count: number;
}

// What breaks for people, from worst to least, by the rules that tell of it. A rule that is
// not named here is of the last kind.
const kinds: [string, string[]][] = [
  ['Names that cannot be reached', ['missing-soa', 'multiple-soas', 'soa-not-at-apex', 'missing-ns', 'cname-at-apex', 'cname-and-other-data', 'multiple-cnames', 'multiple-dnames', 'dname-and-ns', 'below-dname', 'rrset-too-large', 'cname-loop', 'dname-loop', 'alias-chain-too-long', 'dangling-target', 'target-without-address', 'missing-glue', 'address-as-target', 'url-as-target', 'trailing-dot', 'ns-target-is-alias', 'ds-without-ns', 'below-cut', 'out-of-zone', 'meta-type']],
  ['Mail that may be lost', ['mx-target-is-alias', 'null-mx-and-others', 'multiple-spf', 'multiple-dmarc', 'not-a-hostname']],
  ['Certificates and services', ['challenge-shadowed', 'caa-malformed', 'caa-by-alias', 'tlsa-without-host', 'srv-target-is-alias', 'svcb-alias-and-service', 'multiple-alias-modes', 'alias-mode-params', 'svcb-consistency', 'svcb-hints']],
  ['Answers that surprise', ['wildcard-ns', 'wildcard-dname', 'wildcard-shadowed', 'hides-records-of-parent', 'ttl-mismatch', 'ttl-at-odds', 'not-at-apex', 'duplicate-record', 'apex-cname']],
  ['Slower than it could be', ['alias-chain']],
  ['Worth to tidy up', []],
];

const rankOf = new Map(kinds.flatMap(([, codes], i) => codes.map((code) => [code, i] as const)));

// All that one rule says; of many findings only some are here.
export interface Group extends RuleCount {
  fix: string; // what to do, in words
  found: Found[];
}

export interface Section {
  title: string;
  groups: Group[];
}

// sections sorts rules by what hurts: errors first, then by what breaks, then by how often. `opened`
// has more of the findings of some rules.
export function sections(rules: RuleCount[], found: Found[], opened: Record<string, Found[]> = {}): Section[] {
  const out = kinds.map(([title]): Section => ({ title, groups: [] }));
  for (const r of rules) {
    const some = found.filter((f) => f.code === r.code);
    const list = (opened[r.code]?.length ?? 0) > some.length ? opened[r.code]! : some;
    out[rankOf.get(r.code) ?? kinds.length - 1]!.groups.push({ ...r, fix: list[0]?.fix ?? '', found: list });
  }
  for (const s of out) s.groups.sort((a, b) => bad(b) - bad(a) || b.count - a.count);
  return out.filter((s) => s.groups.length > 0).sort((a, b) => Math.max(...b.groups.map(bad)) - Math.max(...a.groups.map(bad)));
}

const bad = (g: RuleCount) => Number(g.severity === 'error');

// fixOf is one fix as a change, refused by the server if the zone has changed since it was looked at.
export const fixOf = (fix: Fix, of: Found): ZoneChange[] => guarded(fix.zones, [of]);

// fixAll is one change that does the only fix of each finding; null where one of them has none,
// or leaves a choice.
export function fixAll(found: Found[]): ZoneChange[] | null {
  if (found.length < 2 || found.some((f) => f.fixes.length !== 1 || f.fixes[0]!.zones.some((z) => z.create || z.delete || z.props))) return null;
  const zones = new Map<string, ZoneChange>();
  for (const z of found.flatMap((f) => f.fixes[0]!.zones)) {
    const key = bare(z.zone);
    const all = zones.get(key) ?? { zone: z.zone, edits: [] };
    all.edits!.push(...(z.edits ?? []));
    zones.set(key, all);
  }
  return guarded([...zones.values()], found);
}

function guarded(zones: ZoneChange[], found: Found[]): ZoneChange[] {
  const serials = new Map(found.map((f) => [bare(f.zone), f.serial]));
  return zones.map((z) => ({ ...z, if_match: z.if_match ?? (serials.get(bare(z.zone)) || undefined) }));
}
