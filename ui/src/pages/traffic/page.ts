import type { Page } from '../index.ts';

const load = () => import('./Traffic.svelte');

export const pages: Page[] = [
  { path: '/traffic', title: 'Traffic', load, place: 'main', icon: 'chart', order: 60 },
  { path: '/zones/:zone/traffic', title: 'Traffic of :zone', label: 'Traffic', load, place: 'zone', icon: 'chart', order: 60 },
];
