import { get, post } from '../../lib/api.ts';
import type { ChangeData, DeletedZone, Zone } from '../../lib/types.ts';

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

export type Health = { state: 'asking' } | { state: 'known'; errors: number; warnings: number } | { state: 'unknown' };

interface Findings {
  pending: number;
  zones: { id: string; errors: number; warnings: number }[];
}

const mostZones = 1000; // that one answer counts the findings of

// HealthChecks is what the rules say of all zones, in numbers.
export class HealthChecks {
  private answer = $state.raw<Findings | null>(null);
  private byID = $derived(new Map(this.answer?.zones.map((z) => [z.id, z])));
  private failed = $state(false);
  readonly pending = $derived((this.answer?.pending ?? 0) > 0);

  async look(): Promise<void> {
    try {
      this.answer = await get<Findings>('/check', { limit: 1 });
      this.failed = false;
    } catch {
      this.failed = true;
    }
  }

  // of is the health of a zone. One that is not listed has no findings, if all are.
  of(z: Zone): Health {
    const found = this.byID.get(z.id);
    if (found) return { state: 'known', errors: found.errors, warnings: found.warnings };
    if (!this.answer) return { state: this.failed ? 'unknown' : 'asking' };
    if (this.answer.pending) return { state: 'asking' };
    return this.answer.zones.length < mostZones ? { state: 'known', errors: 0, warnings: 0 } : { state: 'unknown' };
  }
}
