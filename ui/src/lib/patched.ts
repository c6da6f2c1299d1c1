import { canonicalKey } from './name.ts';
import { setKey, toRecords } from './rrsets.ts';
import type { SetDiff, ZoneRecord } from './types.ts';

// patched is the records of a zone after a change, in the order of the server.
export function patched(records: readonly ZoneRecord[], diff: readonly SetDiff[]): ZoneRecord[] {
  const touched = new Set(diff.map((d) => setKey(d.name, d.type)));
  const left = records.filter((r) => !touched.has(setKey(r.name, r.type)));
  const come = diff.map((d) => ({ place: placeOf(d), rows: toRecords(d.name, d.type, d.after) })).filter((c) => c.rows.length);
  come.sort((a, b) => (isBefore(a.place, b.place) ? -1 : 1));
  const out: ZoneRecord[] = [];
  let at = 0;
  for (const c of come) {
    const to = indexOf(left, c.place, at);
    while (at < to) out.push(left[at++]!);
    out.push(...c.rows);
  }
  while (at < left.length) out.push(left[at++]!);
  return out;
}

// A place in a zone: names in canonical order, in each the SOA first and then the types by their numbers.
type Place = [name: string, type: number];

const placeOf = (r: Pick<ZoneRecord, 'name' | 'type'>): Place => [canonicalKey(r.name), typeNumber(r.type)];

const isBefore = (a: Place, b: Place) => a[0] < b[0] || (a[0] === b[0] && a[1] < b[1]);

// indexOf is where a place begins in sorted records, at or behind `from`: near there it is found in
// a few steps, for the places of a large change follow one another.
function indexOf(records: readonly ZoneRecord[], place: Place, from: number): number {
  const earlier = (i: number) => isBefore(placeOf(records[i]!), place);
  let [low, step] = [from, 1];
  while (low + step <= records.length && earlier(low + step - 1)) {
    low += step;
    step *= 2;
  }
  let high = Math.min(records.length, low + step);
  while (low < high) {
    const mid = (low + high) >> 1;
    if (earlier(mid)) low = mid + 1;
    else high = mid;
  }
  return low;
}

const numbers: Record<string, number> = {
  SOA: 0, A: 1, NS: 2, CNAME: 5, PTR: 12, HINFO: 13, MX: 15, TXT: 16, RP: 17, AAAA: 28, LOC: 29, SRV: 33, NAPTR: 35, CERT: 37, DNAME: 39, DS: 43,
  SSHFP: 44, DNSKEY: 48, TLSA: 52, SMIMEA: 53, CDS: 59, CDNSKEY: 60, OPENPGPKEY: 61, ZONEMD: 63, SVCB: 64, HTTPS: 65, URI: 256, CAA: 257, ALIAS: 65401,
};

const typeNumber = (type: string) => numbers[type] ?? (Number(/^TYPE(\d+)$/.exec(type)?.[1]) || 65536);
