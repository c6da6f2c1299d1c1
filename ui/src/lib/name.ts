// Names as people write them and as the server does.

// absolute is a name of a zone with its final dot: "www" in example.com is "www.example.com.".
export function absolute(name: string, zone: string): string {
  const n = name.trim().toLowerCase();
  const apex = zone.replace(/\.$/, '').toLowerCase();
  if (n === '' || n === '@' || n === apex) return `${apex}.`;
  if (n.endsWith('.') && !n.endsWith('\\.')) return n;
  if (n.endsWith(`.${apex}`)) return `${n}.`;
  return `${n}.${apex}.`;
}

// relative is how a name of a zone is shown: "@" for the zone itself.
export function relative(name: string, zone: string): string {
  const apex = `${zone.replace(/\.$/, '').toLowerCase()}.`;
  const n = name.toLowerCase();
  if (n === apex) return '@';
  return n.endsWith(`.${apex}`) ? name.slice(0, -apex.length - 1) : name;
}

export const bare = (name: string) => (name === '.' ? name : name.replace(/([^\\])\.$/, '$1'));

// canonical sorts names as the DNS does (RFC 4034, Section 6.1): by their labels from the right.
export function canonicalKey(name: string): string {
  return bare(name.toLowerCase())
    .split(/(?<!\\)\./)
    .reverse()
    .join('\u0000');
}
