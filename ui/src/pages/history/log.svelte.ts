import { get } from '../../lib/api.ts';
import type { Change } from '../../lib/types.ts';
import { authorOf, passes, type Sieve } from './sieve.ts';

const wanted = 50; // changes that are shown at once
const furthest = 2000; // changes that are looked at for them

// Log reads the log of changes from its end, as far as is asked for.
export class Log {
  changes = $state.raw<Change[] | null>(null);
  next = $state(''); // where the older ones begin; empty for none
  looked = $state(0); // changes that were read, wanted or not
  busy = $state(false);
  failed = $state.raw<unknown>(null);
  latest = $state<string>(); // when the newest change was made
  authors = $state.raw<string[]>([]); // of all that was read

  private sieve: Sieve = { zone: '', author: '', name: '', kind: '' };
  private stop = new AbortController();
  private top = 0; // the newest revision that was read

  async start(sieve: Sieve): Promise<void> {
    this.end();
    this.stop = new AbortController();
    this.sieve = sieve;
    this.failed = null;
    await this.read('', []);
  }

  end(): void {
    this.stop.abort();
  }

  older = () => this.read(this.next, this.changes ?? []);

  // read looks at changes until enough of them pass; kept are those that are shown already.
  private async read(cursor: string, kept: Change[]): Promise<void> {
    const { signal } = this.stop;
    const found: Change[] = [];
    let looked = cursor ? this.looked : 0;
    const most = looked + furthest;
    this.busy = true;
    try {
      do {
        const d = await this.page({ cursor: cursor || undefined }, signal);
        if (!cursor) this.newest(d.changes[0]);
        found.push(...d.changes.filter((c) => passes(c, this.sieve)));
        looked += d.changes.length;
        cursor = d.next ?? '';
      } while (cursor && found.length < wanted && looked < most);
      [this.changes, this.next, this.looked] = [[...kept, ...found], cursor, looked];
    } catch (e) {
      if (!signal.aborted) this.failed = e;
    } finally {
      if (!signal.aborted) this.busy = false;
    }
  }

  // newer brings in what came since.
  async newer(): Promise<void> {
    const { signal } = this.stop;
    if (this.busy || !this.changes) return;
    try {
      const d = await this.page({ after: this.top }, signal);
      if (!d.changes.length) return;
      if (d.next) return void (await this.start(this.sieve)); // more than a page: begin anew
      this.newest(d.changes[0]);
      this.changes = [...d.changes.filter((c) => passes(c, this.sieve)), ...this.changes];
    } catch {
      // the next look tries again
    }
  }

  private newest(c: Change | undefined): void {
    this.top = c?.revision ?? 0;
    this.latest = c?.time;
  }

  private async page(query: Record<string, string | number | undefined>, signal: AbortSignal) {
    const { zone, name } = this.sieve;
    const d = await get<{ changes: Change[]; next?: string }>('/changes', { zone: zone.trim() || undefined, sets: !!name.trim() || undefined, limit: wanted, ...query }, signal);
    this.authors = [...new Set([...this.authors, ...d.changes.map(authorOf)])].sort();
    return d;
  }
}
