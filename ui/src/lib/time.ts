// Points in time in words.

const steps: [number, Intl.RelativeTimeFormatUnit][] = [
  [60, 'second'],
  [3600, 'minute'],
  [86400, 'hour'],
  [30 * 86400, 'day'],
  [365 * 86400, 'month'],
  [Infinity, 'year'],
];
const sizes: Partial<Record<Intl.RelativeTimeFormatUnit, number>> = {
  second: 1,
  minute: 60,
  hour: 3600,
  day: 86400,
  month: 30 * 86400,
  year: 365 * 86400,
};
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const absolute = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });

export function ago(when: string | Date, now = Date.now()): string {
  const seconds = (new Date(when).getTime() - now) / 1000;
  const unit = steps.find(([below]) => Math.abs(seconds) < below)![1];
  return Math.abs(seconds) < 5 ? 'just now' : relative.format(Math.round(seconds / sizes[unit]!), unit);
}

export const at = (when: string | Date) => absolute.format(new Date(when));
