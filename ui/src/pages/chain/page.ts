import type { Page } from '../index.ts';

export const pages: Page[] = [
  { path: '/names', title: 'Names', load: () => import('./Names.svelte'), place: 'main', icon: 'chain', order: 20 },
  { path: '/names/:name', title: ':name: chain and followers', load: () => import('./NamePage.svelte') },
];
