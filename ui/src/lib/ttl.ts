// TTLs and other times in seconds, in words and back.

const units: [number, string, string][] = [
  [604800, 'week', 'w'],
  [86400, 'day', 'd'],
  [3600, 'hour', 'h'],
  [60, 'minute', 'm'],
  [1, 'second', 's'],
];

// inWords is 5400 as "1 hour 30 minutes".
export function inWords(seconds: number): string {
  if (seconds === 0) return '0 seconds';
  return parts(seconds)
    .map(([n, unit]) => `${n} ${unit[1]}${n === 1 ? '' : 's'}`)
    .join(' ');
}

// short is 5400 as "1h30m".
export function short(seconds: number): string {
  if (seconds === 0) return '0s';
  return parts(seconds)
    .map(([n, unit]) => `${n}${unit[2]}`)
    .join('');
}

function parts(seconds: number): [number, [number, string, string]][] {
  const out: [number, [number, string, string]][] = [];
  let left = Math.max(0, Math.round(seconds));
  for (const unit of units) {
    const n = Math.floor(left / unit[0]);
    if (n > 0) out.push([n, unit]);
    left -= n * unit[0];
  }
  return out;
}

export const maxTTL = 2147483647;

// parseTTL reads "3600", "1h", "1h30m" or "2 hours"; null for what is none of these.
export function parseTTL(text: string): number | null {
  const t = text.trim().toLowerCase();
  if (/^\d{1,10}$/.test(t)) return within(Number(t));
  const one = /(\d{1,10})\s*(w|d|h|m|s)(?:eeks?|ays?|(?:ou)?rs?|in(?:ute)?s?|ec(?:ond)?s?)?\s*/y;
  let sum = 0;
  for (let at = 0; at < t.length; at = one.lastIndex) {
    one.lastIndex = at;
    const m = one.exec(t);
    if (!m) return null;
    sum += Number(m[1]) * units.find((u) => u[2] === m[2])![0];
  }
  return t ? within(sum) : null;
}

const within = (n: number) => (n <= maxTTL ? n : null);

// The TTLs that are offered; others can be written.
export const usual = [60, 300, 900, 3600, 14400, 43200, 86400];
