import { keep, recall } from '../../lib/kept.ts';
import { rowKey } from '../../lib/rrsets.ts';
import type { ZoneRecord } from '../../lib/types.ts';
import type { ZoneRecords } from './data.svelte.ts';
import { blank, renewed, typedOf, untouched, type Clash, type Typed } from './typed.ts';

interface Kept {
  base: ZoneRecord;
  typed: Typed;
  siblings: string[];
}

// Opened is the record that is edited where it stands, with what is typed. It follows what others
// do to the record meanwhile, and outlives a reload if something was typed.
export class Opened {
  base = $state.raw<ZoneRecord | null>(null); // as it was when it was last looked at
  typed = $state<Typed>(blank());
  gone = $state(false); // somebody took the record away
  taken = $state.raw<string[]>([]); // fields that others have set meanwhile
  clashes = $state.raw<Clash[]>([]);

  private readonly data: ZoneRecords;
  private siblings: string[] = []; // contents of its set, itself among them
  private writing = false;

  constructor(data: ZoneRecords) {
    this.data = data;
    const key = recall<string>(this.place);
    const kept = key === null ? null : recall<Kept>(`${this.place}.${key}`);
    if (kept) this.take(kept);
  }

  private get place(): string {
    return `edit.${this.data.name}`;
  }

  open(record: ZoneRecord): void {
    const kept = recall<Kept>(`${this.place}.${rowKey(record)}`);
    this.take(kept ?? { base: record, typed: typedOf(record, this.data.name), siblings: this.set(record) });
    this.follow();
    this.save();
  }

  private take(k: Kept): void {
    [this.base, this.typed, this.siblings] = [k.base, k.typed, k.siblings];
    [this.gone, this.taken, this.clashes] = [false, [], []];
  }

  // save keeps what is typed, unless it is what the record says anyway.
  save(): void {
    if (!this.base) return;
    const typed = $state.snapshot(this.typed);
    const touched = !untouched(typed, this.base, this.data.name);
    keep(this.place, touched ? rowKey(this.base) : null);
    keep(`${this.place}.${rowKey(this.base)}`, touched ? { base: this.base, typed, siblings: this.siblings } : null);
  }

  close(): void {
    if (this.base) keep(`${this.place}.${rowKey(this.base)}`, null);
    keep(this.place, null);
    this.base = null;
    this.gone = false;
  }

  // write does something that changes the record, and does not take it for the work of others.
  async write(how: () => Promise<boolean>): Promise<void> {
    this.writing = true;
    try {
      if (await how()) this.close();
    } finally {
      this.writing = false;
      this.follow();
    }
  }

  // follow looks what has become of the record.
  follow(): void {
    if (!this.base || this.writing || this.data.loading) return;
    const now = this.present(this.base) ?? this.successor(this.base);
    this.gone = !now;
    if (now && JSON.stringify(now) !== JSON.stringify(this.base)) this.renew(this.base, now);
  }

  private renew(base: ZoneRecord, now: ZoneRecord): void {
    keep(`${this.place}.${rowKey(base)}`, null);
    const r = renewed($state.snapshot(this.typed), base, now, this.data.name);
    [this.base, this.siblings] = [now, this.set(now)];
    if (r.taken.length) [this.typed, this.taken] = [r.typed, [...new Set([...this.taken, ...r.taken])]];
    this.clashes = [...this.clashes.filter((c) => !r.clashes.some((n) => n.label === c.label)), ...r.clashes];
    this.save();
  }

  settle(c: Clash, theirs: boolean): void {
    if (theirs) this.typed = c.take($state.snapshot(this.typed));
    this.clashes = this.clashes.filter((o) => o !== c);
  }

  private present = (r: ZoneRecord) => this.data.find(rowKey(r));

  private set = (r: ZoneRecord) => (this.data.look(r.name, r.type)?.records ?? []).map((o) => o.content);

  // successor is the one record that has come in place of one that is gone.
  private successor(r: ZoneRecord): ZoneRecord | undefined {
    const come = this.set(r).filter((content) => !this.siblings.includes(content));
    return come.length === 1 ? this.data.find(rowKey({ ...r, content: come[0]! })) : undefined;
  }
}
