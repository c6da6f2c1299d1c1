// The parts of the contents of records, type by type, for forms.

export interface Part {
  key: string;
  label: string;
  kind: 'text' | 'number' | 'name' | 'long' | 'choice';
  hint?: string;
  placeholder?: string;
  preset?: string;
  choices?: [string, string][];
  rest?: boolean; // takes all that is left
  optional?: boolean;
}

export interface Form {
  title: string; // what the type is for
  parts: Part[];
}

const number = (key: string, label: string, preset: string, hint?: string): Part => ({ key, label, kind: 'number', preset, hint });
const target = (label: string, placeholder: string, hint?: string): Part => ({ key: 'target', label, kind: 'name', placeholder, hint });

const service: Part[] = [
  number('priority', 'Priority', '1', '0 makes it an alias; from 1 on a service'),
  target('Target', '.', 'a dot for the name itself'),
  { key: 'params', label: 'Parameters', kind: 'text', placeholder: 'alpn=h2,h3', rest: true, optional: true },
];

export const forms: Record<string, Form> = {
  A: { title: 'IPv4 address of a host', parts: [{ key: 'address', label: 'IPv4 address', kind: 'text', placeholder: '192.0.2.1' }] },
  AAAA: { title: 'IPv6 address of a host', parts: [{ key: 'address', label: 'IPv6 address', kind: 'text', placeholder: '2001:db8::1' }] },
  CNAME: { title: 'This name is another name for', parts: [target('Target', 'main.example.net')] },
  ALIAS: { title: 'Answers with the addresses of another name; may stand at the apex', parts: [target('Target', 'shop.platform.example')] },
  MX: {
    title: 'Takes the mail for this name',
    parts: [number('priority', 'Priority', '10', 'the lowest is tried first'), target('Mail server', 'mail.example.net')],
  },
  TXT: { title: 'Text: SPF, DKIM, proof of ownership', parts: [{ key: 'text', label: 'Text', kind: 'long', placeholder: 'v=spf1 mx -all', rest: true }] },
  NS: { title: 'Delegates this name to a name server', parts: [target('Name server', 'ns1.example.net')] },
  SRV: {
    title: 'Where a service is found',
    parts: [number('priority', 'Priority', '10'), number('weight', 'Weight', '10'), number('port', 'Port', '443'), target('Host', 'sip.example.net')],
  },
  CAA: {
    title: 'Which authority may issue certificates',
    parts: [
      number('flags', 'Flags', '0', '128 is critical'),
      {
        key: 'tag',
        label: 'Tag',
        kind: 'choice',
        preset: 'issue',
        choices: [
          ['issue', 'issue: who may issue'],
          ['issuewild', 'issuewild: who may issue wildcards'],
          ['iodef', 'iodef: where to report'],
        ],
      },
      { key: 'value', label: 'Value', kind: 'text', placeholder: 'letsencrypt.org', rest: true },
    ],
  },
  HTTPS: { title: 'How browsers reach this name', parts: service },
  SVCB: { title: 'How clients reach a service', parts: service },
  PTR: { title: 'The name of an address', parts: [target('Name', 'host.example.net')] },
  SOA: {
    title: 'The timers of the zone',
    parts: [
      target('First name server', 'ns1.example.net'),
      { key: 'mailbox', label: 'Mailbox', kind: 'name', placeholder: 'hostmaster.example.net', hint: 'a dot for the @' },
      number('serial', 'Serial', '1', 'the server counts it up'),
      number('refresh', 'Refresh', '7200'),
      number('retry', 'Retry', '900'),
      number('expire', 'Expire', '1209600'),
      number('minimum', 'Negative TTL', '300'),
    ],
  },
  DNAME: { title: 'All names below are found below another name', parts: [target('Target', 'example.net')] },
};

export const commonTypes = Object.keys(forms).filter((type) => type !== 'SOA');
export const otherTypes = ['TLSA', 'SSHFP', 'NAPTR', 'LOC', 'DS', 'CDS', 'CDNSKEY', 'DNSKEY', 'URI', 'HINFO', 'RP', 'OPENPGPKEY', 'SMIMEA', 'CERT', 'ZONEMD'];

const raw: Form = { title: 'As in a zone file', parts: [{ key: 'content', label: 'Value', kind: 'long', rest: true }] };

export const formOf = (type: string): Form => forms[type] ?? raw;

// parseContent takes the content of a record apart.
export function parseContent(type: string, content: string): Record<string, string> {
  const out: Record<string, string> = {};
  let left = content;
  for (const p of formOf(type).parts) {
    if (p.rest) {
      out[p.key] = type === 'CAA' ? unquoted(left) : left;
      break;
    }
    const m = /^\s*(\S*)\s*/.exec(left)!;
    out[p.key] = m[1]!;
    left = left.slice(m[0].length);
  }
  return out;
}

// writeContent puts it together; empty where something that is needed is missing.
export function writeContent(type: string, values: Record<string, string>): string {
  const words: string[] = [];
  for (const p of formOf(type).parts) {
    const v = values[p.key] ?? '';
    const text = p.kind === 'long' ? v : v.trim();
    if (!text && !p.optional) return '';
    if (text) words.push(type === 'CAA' && p.key === 'value' ? quoted(text) : text);
  }
  return words.join(' ');
}

export function presets(type: string): Record<string, string> {
  return Object.fromEntries(formOf(type).parts.map((p) => [p.key, p.preset ?? '']));
}

// carried keeps what was typed when another type is chosen: a target stays a target.
export function carried(from: string, to: string, values: Record<string, string>): Record<string, string> {
  const main = (type: string) => formOf(type).parts.find((p) => ['name', 'text', 'long'].includes(p.kind))?.key;
  const out = presets(to);
  for (const key of Object.keys(out)) if (values[key]) out[key] = values[key];
  const [a, b] = [main(from), main(to)];
  if (a && b && values[a]) out[b] = values[a];
  return out;
}

const quoted = (t: string) => (t.startsWith('"') ? t : `"${t.replace(/(["\\])/g, '\\$1')}"`);
const unquoted = (t: string) => /^"((?:[^"\\]|\\.)*)"$/.exec(t.trim())?.[1]?.replace(/\\(.)/g, '$1') ?? t;
