import { call, get } from '../../lib/api.ts';
import { patched } from '../../lib/patched.ts';
import { fromRecord, rowKey, setKey } from '../../lib/rrsets.ts';
import type { Change, RRset, SetDiff, Zone, ZoneDiff, ZoneRecord } from '../../lib/types.ts';

const pageSize = 1000;
const abreast = 4;

// ZoneRecords is a zone with all its records, as the server had them at `serial`.
export class ZoneRecords {
  readonly name: string;
  zone = $state.raw<Zone | null>(null);
  records = $state.raw<ZoneRecord[]>([]);
  serial = $state(0);
  total = $state(0);
  loading = $state(true);
  error = $state.raw<unknown>(null);

  private index = $derived(byName(this.records));

  constructor(name: string) {
    this.name = name;
  }

  private get path(): string {
    return `/zones/${encodeURIComponent(this.name)}`;
  }

  // look is the RRset of a name and type; undefined for none.
  look = (name: string, type: string): RRset | undefined => this.index.get(setKey(name, type));

  // find is the record of that rowKey.
  find(key: string): ZoneRecord | undefined {
    return this.records.find((r) => rowKey(r) === key);
  }

  async load(): Promise<void> {
    this.loading = true;
    this.error = null;
    try {
      const { data, serial } = await call<{ zone: Zone }>({ path: this.path });
      this.zone = data.zone;
      for (let tries = 0; !(await this.loadRecords(tries > 2)); tries++);
      this.serial ||= serial;
    } catch (e) {
      this.error = e;
    } finally {
      this.loading = false;
    }
  }

  // loadRecords reads all pages; false if the zone moved meanwhile, unless it always does.
  private async loadRecords(anyway: boolean): Promise<boolean> {
    const head = await this.page(0);
    this.total = head.total;
    const parts = [head.records];
    this.records = head.records;
    const offsets = Array.from({ length: Math.ceil(head.total / pageSize) - 1 }, (_, i) => (i + 1) * pageSize);
    let same = true;
    const worker = async () => {
      for (let offset = offsets.shift(); offset !== undefined && same; offset = offsets.shift()) {
        const page = await this.page(offset);
        same &&= page.serial === head.serial;
        parts[offset / pageSize] = page.records;
      }
    };
    await Promise.all(Array.from({ length: abreast }, worker));
    if (!same && !anyway) return false;
    this.records = parts.flat();
    this.serial = head.serial;
    return true;
  }

  private async page(offset: number) {
    const query = { offset, limit: pageSize, managed: true };
    const { data, serial } = await call<{ records: ZoneRecord[]; pagination: { total: number } }>({ path: `${this.path}/records`, query });
    return { records: data.records, total: data.pagination.total, serial };
  }

  // applied takes over what a change has done.
  applied(change: Change): void {
    const own = change.zones.find((z) => z.id === this.zone?.id);
    if (own?.kind === 'update' && own.from === this.serial) this.patch(own);
    else void this.refresh();
  }

  private patch(diff: ZoneDiff): void {
    const soa = diff.after && { content: diff.after.soa, ttl: diff.after.soa_ttl };
    const renew = (r: ZoneRecord) => (r.type === 'SOA' ? withSerial({ ...r, ...soa }, diff.to) : r);
    this.records = patched(this.records, diff.sets ?? []).map(renew);
    this.serial = diff.to;
    this.total = this.records.length;
  }

  // refresh brings in what others have changed; it returns what that was.
  async refresh(): Promise<SetDiff[]> {
    const head = await call<{ zone: Zone }>({ path: this.path, headers: { 'If-None-Match': `"${this.serial}"` } });
    if (head.notModified || head.serial === this.serial) return [];
    this.zone = head.data.zone;
    try {
      const { diff } = await get<{ diff: ZoneDiff }>(`${this.path}/diff`, { from: this.serial });
      this.patch(diff);
      return diff.after ? [{ name: `${this.name}.`, type: 'SOA' }, ...(diff.sets ?? [])] : (diff.sets ?? []);
    } catch {
      await this.load(); // the log does not reach back so far
      return [{ name: `${this.name}.`, type: 'ANY' }];
    }
  }
}

// withSerial is a SOA record with the serial that the zone has now.
function withSerial(r: ZoneRecord, serial: number): ZoneRecord {
  const words = r.content.split(' ');
  words[2] = String(serial);
  return { ...r, content: words.join(' ') };
}

function byName(records: ZoneRecord[]): Map<string, RRset> {
  const out = new Map<string, RRset>();
  for (const r of records) {
    const key = setKey(r.name, r.type);
    const set = out.get(key);
    if (set) set.records.push(fromRecord(r));
    else out.set(key, { ttl: r.ttl, records: [fromRecord(r)] });
  }
  return out;
}
