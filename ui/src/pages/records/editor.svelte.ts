import { ApiError, get, post } from '../../lib/api.ts';
import { keeps, recall } from '../../lib/kept.ts';
import { rebase, sameSet, setKey, toEdits, withEdits, type Sets } from '../../lib/rrsets.ts';
import type { Change, ChangeData, ChangeRequest, Finding, RecordEdits, RRset, SetDiff, ZoneChange } from '../../lib/types.ts';
import { bulk, type Act } from './bulk.ts';
import type { ZoneRecords } from './data.svelte.ts';
import type { Row } from './rows.ts';

interface Kept {
  sets: SetDiff[];
  others: ZoneChange[];
  reason: string;
}

export interface Moved {
  who: string;
  sets: SetDiff[]; // what others have changed
}

// Editor gathers edits of a zone into one Change. They are kept for the tab, and carried over
// when somebody else changes the zone meanwhile.
export class Editor {
  readonly data: ZoneRecords;
  sets = $state.raw<Sets>(new Map());
  others = $state.raw<ZoneChange[]>([]); // what fixes do in other zones
  reason = $state('');
  clashes = $state.raw<SetDiff[]>([]); // sets in which somebody must choose
  moved = $state.raw<Moved | null>(null);
  heard = $state.raw(new Set<string>()); // what the rules said of what is gathered already

  kept = $state(true); // there was room to keep the draft for a reload

  readonly size = $derived(this.sets.size + this.others.length);

  constructor(data: ZoneRecords) {
    this.data = data;
    const kept = recall<Kept>(this.key);
    if (!kept) return;
    this.sets = new Map(kept.sets.map((s) => [setKey(s.name, s.type), s]));
    this.others = kept.others;
    this.reason = kept.reason;
  }

  private get key(): string {
    return `draft.${this.data.name}`;
  }

  save(): void {
    const kept: Kept = { sets: [...this.sets.values()], others: this.others, reason: this.reason };
    this.kept = keeps(this.key, this.size || this.reason ? kept : null);
  }

  // look is an RRset as it will be.
  look = (name: string, type: string): RRset | undefined => {
    const s = this.sets.get(setKey(name, type));
    return s ? s.after : this.data.look(name, type);
  };

  // plus is the sets of the draft with more edits.
  plus = (edits: RecordEdits[]): Sets => withEdits(this.sets, edits, this.data.name, this.data.look);

  // heed remembers what was said when it was gathered, so that it is not said again at each form.
  heed(findings: Finding[]): void {
    this.heard = new Set([...this.heard, ...findings.map((f) => f.message)]);
  }

  // gather adds to the draft.
  gather(sets: Sets, others: ZoneChange[] = []): void {
    this.sets = new Map([...sets].filter(([, s]) => !sameSet(s.before, s.after)));
    this.others = [...this.others, ...others];
    this.save();
  }

  // act does something to many records of the zone; false if they are so already.
  act(picked: readonly Row[], act: Act): boolean {
    const before = this.sets;
    this.gather(bulk(before, picked, act, this.data.look));
    const moved = ([key, s]: [string, SetDiff]) => !sameSet(s.after, before.get(key)?.after);
    return this.sets.size !== before.size || [...this.sets].some(moved);
  }

  drop(name: string, type: string): void {
    const sets = new Map(this.sets);
    sets.delete(setKey(name, type));
    this.sets = sets;
    this.clashes = this.clashes.filter((c) => setKey(c.name, c.type) !== setKey(name, type));
    this.save();
  }

  discard(): void {
    this.sets = new Map();
    this.others = [];
    this.reason = '';
    this.clashes = [];
    this.heard = new Set();
    this.save();
  }

  request(sets: Sets, others: ZoneChange[], more: Partial<ChangeRequest> = {}, match = false): ChangeRequest {
    const own: ZoneChange = { zone: this.data.name, edits: toEdits(sets) };
    if (match) own.if_match = this.data.serial;
    const zones = own.edits!.length ? [own, ...others] : others;
    return { ...more, zones };
  }

  // apply writes sets; null means that somebody was faster: what they did is brought in, and the
  // edits are in the draft, to be looked at again.
  async apply(sets: Sets, others: ZoneChange[], reason: string): Promise<ChangeData | null> {
    for (;;) {
      try {
        const body = this.request(sets, others, reason ? { reason } : {}, true);
        if (!body.zones.length) return {}; // all is as wanted
        const done = await post<ChangeData>('/changes', body, { once: true });
        if (done.change) this.data.applied(done.change);
        return done;
      } catch (e) {
        if (!(e instanceof ApiError) || e.code !== 'PRECONDITION_FAILED') throw e;
        const theirs = await this.data.refresh();
        const r = rebase(sets, this.data.look);
        sets = r.sets;
        if (!r.moved.length && !r.clash.length) continue; // it was elsewhere in the zone
        this.sets = sets;
        this.others = others;
        await this.tell(theirs, r.clash);
        return null;
      }
    }
  }

  // carry lays the edits that were kept over the zone as it has been read: others may have
  // changed it since they were made.
  async carry(): Promise<void> {
    if (this.data.error) return;
    const r = rebase(this.sets, this.data.look);
    this.sets = r.sets;
    if (r.moved.length || r.clash.length) await this.tell([...r.moved, ...r.clash], r.clash);
  }

  // watch brings in what others have changed, if they have.
  async watch(): Promise<void> {
    if (this.data.loading || this.data.error) return;
    const theirs = await this.data.refresh();
    if (!theirs.length) return;
    const r = rebase(this.sets, this.data.look);
    this.sets = r.sets;
    await this.tell(theirs, r.clash);
  }

  private async tell(sets: SetDiff[], clash: SetDiff[]): Promise<void> {
    const open = this.clashes.filter((c) => !clash.some((n) => setKey(n.name, n.type) === setKey(c.name, c.type)));
    this.clashes = [...open, ...clash];
    this.moved = { who: await this.lastAuthor(), sets };
    this.save();
  }

  private async lastAuthor(): Promise<string> {
    try {
      const { changes } = await get<{ changes: Change[] }>('/changes', { zone: this.data.name, limit: 1 });
      return changes[0]?.author.name ?? 'somebody';
    } catch {
      return 'somebody';
    }
  }

  // settle ends a clash: with mine the set becomes what was typed, else it stays as it is now.
  settle(s: SetDiff, mine: boolean): void {
    if (!mine) this.drop(s.name, s.type);
    this.clashes = this.clashes.filter((c) => c !== s);
    this.save();
  }
}
