import { call, get, post, send } from '../../lib/api.ts';
import type { ChangeData, CheckData, DeletedZone, Zone } from '../../lib/types.ts';

const pageSize = 1000;

// ZoneList is all zones that the user sees, and those that can be brought back.
export class ZoneList {
  zones = $state.raw<Zone[]>([]);
  deleted = $state.raw<DeletedZone[]>([]);
  loading = $state(true);
  error = $state.raw<unknown>(null);

  async load(): Promise<void> {
    this.error = null;
    try {
      const [zones, gone] = await Promise.all([allZones(), get<{ zones: DeletedZone[] }>('/zones/deleted')]);
      this.zones = zones;
      this.deleted = gone.zones;
    } catch (e) {
      this.error = e;
    } finally {
      this.loading = false;
    }
  }

  // change writes a change of whole zones and looks at the list anew.
  async change(body: object): Promise<ChangeData> {
    const done = await post<ChangeData>('/changes', body, { once: true });
    await this.load();
    return done;
  }

  async undo(change: string): Promise<void> {
    await post(`/changes/${change}/undo`, {}, { once: true });
    await this.load();
  }

  async restore(zone: DeletedZone): Promise<void> {
    await post(`/zones/${zone.id}/restore`, {}, { once: true });
    await this.load();
  }
}

async function allZones(): Promise<Zone[]> {
  const out: Zone[] = [];
  for (let more = true; more; ) {
    const page = await get<{ zones: Zone[]; pagination: { has_more: boolean } }>('/zones', { limit: pageSize, offset: out.length });
    out.push(...page.zones);
    more = page.pagination.has_more && page.zones.length > 0;
  }
  return out;
}

export type Health = { state: 'asking' } | { state: 'known'; errors: number; warnings: number } | { state: 'large' } | { state: 'unknown' };

const largest = 2000; // records of a zone that is judged without being asked to
const abreast = 2;

// HealthChecks asks the rules about the zones that are seen, a few at a time, and remembers
// what they said of each serial.
export class HealthChecks {
  known = $state<Record<string, Health>>({});
  private queue: Zone[] = [];
  private running = 0;

  private key = (z: Zone) => `${z.id} ${z.serial}`;

  of(z: Zone): Health {
    return this.known[this.key(z)] ?? { state: z.record_count > largest ? 'large' : 'asking' };
  }

  want(zones: Zone[]): void {
    this.queue = zones.filter((z) => !this.known[this.key(z)] && z.record_count <= largest);
    while (this.running < abreast && this.queue.length) void this.work();
  }

  private async work(): Promise<void> {
    this.running++;
    for (let z = this.queue.shift(); z; z = this.queue.shift()) {
      if (!this.known[this.key(z)]) this.known[this.key(z)] = await check(z);
    }
    this.running--;
  }
}

async function check(z: Zone): Promise<Health> {
  try {
    const path = `/zones/${z.id}/export`;
    const text = await (await send({ path })).text();
    const { data } = await call<CheckData>({ method: 'POST', path: '/check', query: { zone: z.name }, text, quiet: true });
    return { state: 'known', errors: data.errors, warnings: data.warnings };
  } catch {
    return { state: 'unknown' };
  }
}
