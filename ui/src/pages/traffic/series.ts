import type { Counts, TrafficPoint, TrafficSecond, Window } from './types.ts';

// One line of a chart. Lines differ by their dashes too, not by colour alone.
export interface Series {
  label: string;
  values: number[];
  color: string; // a custom property of tokens.css
  dash?: number[];
  fill?: boolean; // the area below it too
}

export type Split = 'all' | 'types' | 'rcodes';

const styles: [string, number[] | undefined][] = [
  ['--accent', undefined],
  ['--good', [6, 3]],
  ['--warn', [2, 3]],
  ['--bad', [9, 4, 2, 4]],
  ['--muted', [12, 4]],
  ['--text', [1, 4]],
];

const styled = (s: { label: string; values: number[] }, i: number): Series => ({ ...s, color: styles[i]![0], dash: styles[i]![1] });

// largest is the keys of the greatest counts first, and the rest as one.
export function largest(counts: Counts, most: number): { keys: string[]; rest: string[] } {
  const all = Object.entries(counts)
    .filter(([, n]) => n > 0)
    .sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0]))
    .map(([k]) => k);
  return all.length <= most ? { keys: all, rest: [] } : { keys: all.slice(0, most - 1), rest: all.slice(most - 1) };
}

// seriesOf is the lines of a window: all and what does not exist, or each type or response code.
export function seriesOf(points: TrafficPoint[], split: Split, sums: Counts): Series[] {
  if (split === 'all') {
    return [
      { label: 'Queries', values: points.map((p) => p.queries), color: '--accent', fill: true },
      { label: 'NXDOMAIN', values: points.map((p) => p.nxdomain), color: '--bad', dash: [5, 3] },
    ];
  }
  const { keys, rest } = largest(sums, styles.length);
  const lines = keys.map((k) => ({ label: k, values: points.map((p) => p[split][k] ?? 0) }));
  if (rest.length) lines.push({ label: 'others', values: points.map((p) => rest.reduce((sum, k) => sum + (p[split][k] ?? 0), 0)) });
  return lines.map(styled);
}

export interface Bar {
  label: string;
  count: number;
  share: number;
}

// bars is counts as shares of all, greatest first.
export function bars(counts: Counts, most = 12): Bar[] {
  const all = Object.values(counts).reduce((a, b) => a + b, 0);
  const { keys, rest } = largest(counts, most);
  const list = keys.map((label) => ({ label, count: counts[label]! }));
  if (rest.length) list.push({ label: 'others', count: rest.reduce((sum, k) => sum + counts[k]!, 0) });
  return list.map((b) => ({ ...b, share: all ? b.count / all : 0 }));
}

export function percent(share: number): string {
  if (share > 0 && share < 0.001) return 'under 0.1 %';
  return `${(share * 100).toFixed(share > 0 && share < 0.1 ? 1 : 0)} %`;
}

export const perSecond = (qps: number) => (qps >= 100 ? Math.round(qps).toLocaleString('en') : qps.toFixed(qps >= 10 || qps === 0 ? 0 : 1));

const two = (n: number) => String(n).padStart(2, '0');
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

// tick is a point in time below a chart of that window.
export function tick(t: number, window: Window | 'live'): string {
  const d = new Date(t * 1000);
  if (window === 'month') return `${d.getDate()} ${months[d.getMonth()]}`;
  const time = `${two(d.getHours())}:${two(d.getMinutes())}`;
  return window === 'live' ? `${time}:${two(d.getSeconds())}` : time;
}

export const liveSpan = 300; // seconds that are kept

// append adds a second to those that are kept; one that is not newer is left out.
export function append(kept: TrafficSecond[], s: TrafficSecond): TrafficSecond[] {
  if (kept.length && s.t <= kept.at(-1)!.t) return kept;
  return [...kept, s].filter((k) => k.t > s.t - liveSpan);
}
