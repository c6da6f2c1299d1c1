import { get, post, send } from '../../lib/api.ts';
import type { CheckData, Pagination, Zone } from '../../lib/types.ts';
import type { Found } from './rules.ts';

// A run of the rules over zones as they are kept: each is exported and checked, two at a time.
export class Run {
  total = $state(0);
  done = $state(0);
  running = $state(false);
  found = $state.raw<Found[]>([]);
  failures = $state.raw<{ zone: string; error: unknown }[]>([]);
  failed = $state<unknown>(null); // why there is no list of zones
  #stop = new AbortController();

  // start checks the zones of those names, or all.
  async start(names: string[] | null): Promise<void> {
    this.stop();
    const { signal } = (this.#stop = new AbortController());
    Object.assign(this, { total: 0, done: 0, found: [], failures: [], failed: null, running: true });
    try {
      const queue = names ?? (await allZones(signal));
      this.total = queue.length;
      const work = async () => {
        for (let zone = queue.shift(); zone !== undefined && !signal.aborted; zone = queue.shift()) await this.#one(zone, signal);
      };
      await Promise.all([work(), work()]);
    } catch (e) {
      if (!signal.aborted) this.failed = e;
    } finally {
      if (this.#stop.signal === signal) this.running = false;
    }
  }

  stop(): void {
    this.#stop.abort();
    this.running = false;
  }

  // again checks some zones anew and puts what is found in place of what was.
  async again(zones: string[]): Promise<void> {
    const { signal } = this.#stop;
    for (const zone of new Set(zones)) {
      this.done--;
      await this.#one(zone, signal);
    }
  }

  async #one(zone: string, signal: AbortSignal): Promise<void> {
    try {
      const found = await check(zone, signal);
      this.found = [...this.found.filter((f) => f.zone !== zone), ...found];
    } catch (error) {
      if (signal.aborted) return;
      this.failures = [...this.failures, { zone, error }];
    }
    this.done++;
  }
}

async function allZones(signal: AbortSignal): Promise<string[]> {
  const names: string[] = [];
  for (;;) {
    const d = await get<{ zones: Zone[]; pagination: Pagination }>('/zones', { offset: names.length, limit: 1000 }, signal);
    names.push(...d.zones.map((z) => z.name));
    if (!d.pagination.has_more || !d.zones.length) return names;
  }
}

async function check(zone: string, signal: AbortSignal): Promise<Found[]> {
  const res = await send({ path: `/zones/${encodeURIComponent(zone)}/export`, signal });
  const serial = Number(res.headers.get('ETag')?.replaceAll('"', '') ?? 0) || 0;
  const { findings } = await post<CheckData>('/check', undefined, { text: await res.blob(), query: { zone }, signal });
  return findings.map((f) => ({ ...f, zone, serial, file: undefined, line: undefined, column: undefined }));
}
