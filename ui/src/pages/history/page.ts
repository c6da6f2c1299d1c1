import type { Page } from '../index.ts';

const load = () => import('./History.svelte');

export const pages: Page[] = [
  { path: '/history', title: 'History', load, place: 'main', icon: 'history', order: 40 },
  { path: '/zones/:zone/history', title: 'History of :zone', label: 'History', load, place: 'zone', icon: 'history', order: 40 },
];
