import type { Page } from '../index.ts';

export const pages: Page[] = [
  { path: '/check', title: 'Check', load: () => import('./Check.svelte'), place: 'main', icon: 'shield', order: 50 },
  { path: '/check/name', title: 'Examine a name', load: () => import('./Examine.svelte') },
  { path: '/check/propagation', title: 'Propagation', load: () => import('./PropagationPage.svelte') },
  { path: '/zones/:zone/check', title: 'Check of :zone', label: 'Check', load: () => import('./ZoneCheck.svelte'), place: 'zone', icon: 'shield', order: 50 },
];
