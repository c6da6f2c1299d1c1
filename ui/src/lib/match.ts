// match finds the page of a path; what its pattern names is decoded.
export function match<P extends { path: string }>(all: P[], path: string): { page: P; params: Record<string, string> } | null {
  for (const page of all) {
    const names: string[] = [];
    const pattern = page.path.replace(/:(\w+)(\+?)/g, (_, name: string, rest: string) => {
      names.push(name);
      return rest ? '(.+)' : '([^/]+)';
    });
    const m = new RegExp(`^${pattern}$`).exec(path);
    if (m) return { page, params: Object.fromEntries(names.map((name, i) => [name, decode(m[i + 1]!)])) };
  }
  return null;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
