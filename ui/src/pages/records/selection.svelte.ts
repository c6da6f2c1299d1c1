import { pickable } from './bulk.ts';
import { keyOf, type Row } from './rows.ts';

// Selection is the records that are chosen, be they shown or not.
export class Selection {
  keys = $state.raw<ReadonlySet<string>>(new Set());
  private last: string | null = null; // from which a range goes

  has = (r: Row) => this.keys.has(keyOf(r));

  // pick turns one, or with `range` all from the last one that was picked to this, as this becomes.
  pick(row: Row, shown: readonly Row[], range: boolean): void {
    const keys = new Set(this.keys);
    const on = !keys.has(keyOf(row));
    for (const r of range ? this.between(row, shown) : [row]) {
      if (!pickable(r)) continue;
      if (on) keys.add(keyOf(r));
      else keys.delete(keyOf(r));
    }
    this.last = keyOf(row);
    this.keys = keys;
  }

  private between(row: Row, shown: readonly Row[]): readonly Row[] {
    const to = shown.findIndex((r) => keyOf(r) === keyOf(row));
    const from = shown.findIndex((r) => keyOf(r) === this.last);
    return from < 0 ? [row] : shown.slice(Math.min(from, to), Math.max(from, to) + 1);
  }

  // all picks, or leaves, all that are shown.
  all(shown: readonly Row[], on: boolean): void {
    const keys = new Set(this.keys);
    for (const r of shown) {
      if (on && pickable(r)) keys.add(keyOf(r));
      else keys.delete(keyOf(r));
    }
    this.keys = keys;
  }

  clear(): void {
    this.keys = new Set();
    this.last = null;
  }

  of = (rows: readonly Row[]) => (this.keys.size ? rows.filter((r) => pickable(r) && this.has(r)) : []);
}
