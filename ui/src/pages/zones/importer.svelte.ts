import { lines } from '../../lib/api.ts';
import type { ImportData, ImportProgress, Zone } from '../../lib/types.ts';

export interface Target {
  name: string;
  existing?: Zone;
  mode: 'merge' | 'replace';
  text: string;
}

const shown = 32 << 20; // of a text longer than that the preview counts records, and does not show them

// Importer rehearses an import and then does it, telling how far it is.
export class Importer {
  busy = $state(false);
  progress = $state.raw<ImportProgress | null>(null);
  seen = $state.raw<ImportData | null>(null); // what the rehearsal showed
  error = $state.raw<unknown>(null);
  private serial = 0; // that the zone had at the rehearsal

  reset(): void {
    this.seen = null;
    this.error = null;
    this.progress = null;
  }

  // run returns what an import did; null for a rehearsal and for what failed.
  async run(t: Target, dry: boolean): Promise<ImportData | null> {
    this.busy = true;
    this.error = null;
    try {
      const data = await lines<ImportProgress, ImportData>(this.request(t, dry), (p) => (this.progress = p));
      this.seen = dry ? data : null;
      this.serial = data.change?.zones[0]?.from ?? 0;
      return dry ? null : data;
    } catch (e) {
      this.seen = null;
      this.error = e;
      return null;
    } finally {
      this.busy = false;
      this.progress = null;
    }
  }

  private request(t: Target, dry: boolean) {
    const query = { dry_run: dry || undefined, sets: (dry && t.text.length < shown) || undefined };
    const text = new Blob([t.text]);
    if (!t.existing) return { method: 'POST' as const, path: '/import', query: { ...query, zone: t.name }, text };
    const ifMatch = dry ? undefined : this.serial || undefined;
    return { method: 'POST' as const, path: `/zones/${t.existing.id}/import`, query: { ...query, mode: t.mode }, text, ifMatch };
  }
}
