import { absolute, bare } from './name.ts';
import { plainText, sameContent } from './rrsets.ts';
import { sentence } from './sentence.ts';
import type { Finding, Fix, RecordEdits, ZoneChange } from './types.ts';

// What a fix means for the record that is being typed.

export interface Own {
  zone: string;
  name: string; // absolute
  type: string;
  content: string;
}

export type Fitted =
  | { kind: 'form'; title: string; type: string; content: string; also: RecordEdits[] } // the record is to be written otherwise, and more goes with it
  | { kind: 'self' } // it is to be left out
  | { kind: 'also'; title: string; edits: RecordEdits[]; others: ZoneChange[] }; // more goes with it

export function fitFix(fix: Fix, finding: Finding, own: Own): Fitted {
  const { zone } = own;
  const isOwn = (z: ZoneChange) => bare(z.zone).toLowerCase() === bare(zone).toLowerCase();
  const edits = fix.zones.filter(isOwn).flatMap((z) => z.edits ?? []);
  const others = fix.zones.filter((z) => !isOwn(z));
  const rest = edits.filter((e) => !removes(e, own));
  if (others.length === 0 && rest.length < edits.length) {
    if (!rest.length) return { kind: 'self' };
    const to = rewrites(rest, own);
    if (to) {
      const also = rest.filter((e) => e !== to.edit);
      const title = also.every((e) => e.op === 'remove') ? formTitle(own, to, finding) : sentence(fix.title);
      return { kind: 'form', title, type: to.type, content: to.content, also };
    }
  }
  return { kind: 'also', title: alsoTitle(fix, edits, others, own), edits, others };
}

const at = (e: RecordEdits, own: Own) => absolute(e.name, own.zone) === own.name;
const contents = (e: RecordEdits) => [...(e.contents ?? []), ...(e.records ?? []).map((r) => r.content)];

function removes(e: RecordEdits, own: Own): boolean {
  if (e.op !== 'remove' || !at(e, own) || e.type !== own.type) return false;
  const list = contents(e);
  return !list.length || (list.length === 1 && sameContent(e.type, list[0]!, own.content));
}

// rewrites is the record that a fix writes in place of the one that is being typed.
function rewrites(rest: RecordEdits[], own: Own): { type: string; content: string; edit: RecordEdits } | null {
  const written = rest.filter((e) => e.op !== 'remove' && at(e, own));
  const [edit] = written;
  if (written.length !== 1 || !edit || contents(edit).length !== 1) return null;
  const content = contents(edit)[0]!;
  return { type: edit.type, content: edit.type === 'TXT' ? plainText(content) : content, edit };
}

function formTitle(own: Own, to: Pick<Own, 'type' | 'content'>, finding: Finding): string {
  if (to.type !== own.type) return `Use ${to.type} instead`;
  const what = bare(to.content.split(' ').pop()!);
  return finding.code.startsWith('alias-chain') ? `Point directly at ${what}` : `Write ${what} instead`;
}

function alsoTitle(fix: Fix, edits: RecordEdits[], others: ZoneChange[], own: Own): string {
  const gone = edits.every((e) => e.op === 'remove' && at(e, own));
  if (others.length || !gone || !edits.length) return sentence(fix.title);
  const many = edits.reduce((n, e) => n + Math.max(1, contents(e).length), 0) > 1;
  return `Replace the ${[...new Set(edits.map((e) => e.type))].join(', ')} record${many ? 's' : ''}`;
}

// withAlias is a finding with the fix that its rule knows of but could not offer: an ALIAS may
// stand where a CNAME may not.
export function withAlias(f: Finding, own: Own): Finding {
  const helps = own.type === 'CNAME' && ['cname-and-other-data', 'cname-at-apex', 'apex-cname'].includes(f.code);
  if (!helps || f.fixes.some((x) => x.zones.some((z) => z.edits?.some((e) => e.type === 'ALIAS')))) return f;
  const edit = { name: own.name, contents: [own.content] };
  const edits: RecordEdits[] = [
    { ...edit, op: 'remove', type: 'CNAME' },
    { ...edit, op: 'add', type: 'ALIAS' },
  ];
  return { ...f, fixes: [{ title: 'use ALIAS instead', zones: [{ zone: own.zone, edits }] }, ...f.fixes] };
}
