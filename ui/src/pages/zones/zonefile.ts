// What can be told from the text of a zone file before the server reads it.

export interface Source {
  name: string; // of the file; empty for text that was pasted
  text: string;
}

// sourcesOf is the zone files that are dropped or pasted: files, or a text that has lines.
export async function sourcesOf(from: Pick<DataTransfer, 'files' | 'getData'> | null): Promise<Source[]> {
  const text = from?.getData('text/plain') ?? '';
  const files = [...(from?.files ?? [])];
  if (files.length) return Promise.all(files.map(async (f) => ({ name: f.name, text: await f.text() })));
  return text.includes('\n') ? [{ name: '', text }] : [];
}

// zoneName guesses which zone a text is of: by $ORIGIN, by the owner of the SOA, or by the file's name.
export function zoneName(s: Source): string {
  const head = s.text.slice(0, 64 << 10);
  const origin = /^\s*\$ORIGIN\s+(\S+)/im.exec(head)?.[1];
  if (origin && origin !== '.') return bareLower(origin);
  const owner = /^([^\s;@$][^\s;]*\.)\s+(?:\d\S*\s+)?(?:IN\s+)?(?:\d\S*\s+)?SOA\s/im.exec(head)?.[1];
  if (owner) return bareLower(owner);
  const file = s.name.replace(/\.(zone|txt|db|dns|hosts|bind)$/i, '').replace(/^(db|zone)\./i, '');
  return /^[\w-]+(\.[\w-]+)+$/.test(file) ? bareLower(file) : '';
}

const bareLower = (n: string) => n.replace(/\.$/, '').toLowerCase();

// lineRange is where a line (from 1) stands in a text, for a selection.
export function lineRange(text: string, line: number): [number, number] {
  let start = 0;
  for (let n = 1; n < line; n++) {
    const next = text.indexOf('\n', start);
    if (next < 0) return [text.length, text.length];
    start = next + 1;
  }
  const end = text.indexOf('\n', start);
  return [start, end < 0 ? text.length : end];
}
