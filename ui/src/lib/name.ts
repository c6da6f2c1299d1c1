// Names as people write them and as the server does.

// labelsOf cuts a name at its dots; those behind a backslash belong to a label.
const labelsOf = (name: string) => name.match(/(?:\\.|[^.\\]|\\$)+/gs) ?? [];

// spelt is a label as the server writes it: IDNs as A-labels, the fewest escapes. What it would
// refuse stays as it is, for the server to say why.
function spelt(label: string): string {
  if (/[^\x00-\x7f]/.test(label)) return ascii(label);
  if (/\\(?:\d(?!\d\d)|$)/.test(label)) return label;
  return label.replace(/\\(?:(\d{3})|(.))|./gs, (c, octet?: string, escaped?: string) => octetText(octet ? Number(octet) : (escaped ?? c).charCodeAt(0)));
}

function octetText(octet: number): string {
  const c = String.fromCharCode(octet).toLowerCase();
  if ('.\\";()@$'.includes(c)) return `\\${c}`;
  return octet > 32 && octet < 127 ? c : `\\${String(octet).padStart(3, '0')}`;
}

// ascii has the browser do what IDNA asks for; the end keeps it from reading numbers as an address.
function ascii(label: string): string {
  const end = '.invalid';
  try {
    const host = new URL(`http://${label}${end}`).hostname;
    return label.includes('\\') || !host.endsWith(end) ? label : host.slice(0, -end.length);
  } catch {
    return label;
  }
}

// absolute is a name of a zone with its final dot, in lower case and as the server spells it:
// "www" in example.com is "www.example.com.".
export function absolute(name: string, zone: string): string {
  const n = name.trim().toLowerCase();
  const apex = labelsOf(zone.toLowerCase());
  const whole = (labels: string[]) => `${labels.map(spelt).join('.')}.`;
  if (n === '' || n === '@' || n === '.') return n === '.' ? n : whole(apex);
  const labels = labelsOf(n);
  const rooted = /(?<!\\)(?:\\\\)*\.$/.test(n);
  return rooted || whole(labels.slice(-apex.length)) === whole(apex) ? whole(labels) : whole([...labels, ...apex]);
}

// relative is how a name of a zone is shown: "@" for the zone itself. What absolute would read as
// another name, as www.example.com.example.com., is shown whole.
export function relative(name: string, zone: string): string {
  const apex = `${zone.replace(/\.$/, '').toLowerCase()}.`;
  const n = name.toLowerCase();
  if (n === apex) return '@';
  const rest = name.slice(0, -apex.length - 1);
  const twice = `.${rest.toLowerCase()}.`.endsWith(`.${apex}`);
  return n.endsWith(`.${apex}`) && !twice ? rest : name;
}

export const bare = (name: string) => (name === '.' ? name : name.replace(/([^\\])\.$/, '$1'));

// canonical sorts names as the DNS does (RFC 4034, Section 6.1): by their labels from the right.
export function canonicalKey(name: string): string {
  return bare(name.toLowerCase())
    .split(/(?<!\\)\./)
    .reverse()
    .join('\u0000');
}
