import type { Component } from 'svelte';
import type { IconName } from '../components/icons.ts';
import type { Role } from '../lib/types.ts';

// The registry of pages. A page is a folder here with a page.ts that exports
// `const pages: Page[]`; it is found by itself and loaded when it is opened.
export interface Page {
  path: string; // as in /zones/:zone/history; the last part may be :name+, which takes slashes too
  title: string; // of the document and for screen readers
  load: () => Promise<{ default: Component<any> }>; // a component that may take `params`, the parts of its path
  place?: 'main' | 'zone' | 'account'; // in which navigation it stands; none if left out
  label?: string; // there; the title if left out
  icon?: IconName;
  order?: number; // there, from small to great
  needs?: Role; // left out of the navigation for who has less
  operator?: boolean; // for accounts that act for all others
  open?: boolean; // can be seen without a session
}

const found = import.meta.glob<{ pages: Page[] }>('./*/page.ts', { eager: true });

export const pages: Page[] = Object.values(found)
  .flatMap((m) => m.pages)
  .sort((a, b) => (a.order ?? 1000) - (b.order ?? 1000));
