import type { Page } from '../index.ts';

export const pages: Page[] = [
  { path: '/zones', title: 'Zones', place: 'main', icon: 'globe', order: 10, load: () => import('./Zones.svelte') },
];
