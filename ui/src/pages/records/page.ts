import type { Page } from '../index.ts';

export const pages: Page[] = [
  {
    path: '/zones/:zone/records',
    title: 'Records of :zone',
    label: 'Records',
    place: 'zone',
    icon: 'list',
    order: 10,
    load: () => import('./Records.svelte'),
  },
];
