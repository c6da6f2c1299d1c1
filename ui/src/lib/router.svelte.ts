import { pages, type Page } from '../pages/index.ts';
import { match } from './match.ts';

// Where the user is. Links are plain <a href>; a click on one to a page of ours stays here.
export const route = $state<{ path: string; query: URLSearchParams; page: Page | null; params: Record<string, string> }>({
  path: '/',
  query: new URLSearchParams(),
  page: null,
  params: {},
});

// Reasons to stay: a page that would lose something adds itself and is asked.
const guards = new Set<() => boolean>();

export function guard(mayLeave: () => boolean): () => void {
  guards.add(mayLeave);
  return () => void guards.delete(mayLeave);
}

export function go(to: string, how: { replace?: boolean } = {}): void {
  if ([...guards].some((mayLeave) => !mayLeave())) return;
  history[how.replace ? 'replaceState' : 'pushState'](null, '', to);
  read();
  if (!how.replace) scrollTo(0, 0);
}

// setQuery changes the query of the page that is open, without a step in the history.
export function setQuery(values: Record<string, string>): void {
  const q = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(values)) {
    if (value) q.set(name, value);
    else q.delete(name);
  }
  const text = q.toString();
  history.replaceState(null, '', location.pathname + (text && `?${text}`));
  route.query = q;
}

function read(): void {
  const path = location.pathname.replace(/(.)\/+$/, '$1');
  if (path === '/') return go('/zones', { replace: true });
  if (/^\/zones\/[^/]+$/.test(path)) return go(`${path}/records`, { replace: true });
  const found = match(pages, path);
  route.path = path;
  route.query = new URLSearchParams(location.search);
  route.page = found?.page ?? null;
  route.params = found?.params ?? {};
}

function onClick(e: MouseEvent): void {
  const a = (e.target as Element).closest?.('a');
  if (!a || e.defaultPrevented || e.button !== 0 || e.metaKey || e.ctrlKey || e.shiftKey || e.altKey) return;
  if (a.origin !== location.origin || a.target || a.hasAttribute('download')) return;
  if (a.pathname.startsWith('/v1/') || (a.hash && a.pathname === location.pathname)) return;
  e.preventDefault();
  go(a.pathname + a.search);
}

export function startRouter(): void {
  addEventListener('popstate', read);
  document.addEventListener('click', onClick);
  read();
}
