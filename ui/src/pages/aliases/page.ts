import type { Page } from '../index.ts';

export const pages: Page[] = [{ path: '/zones/:zone/aliases', title: 'Aliases of :zone', label: 'Aliases', load: () => import('./Aliases.svelte'), place: 'zone', icon: 'alias', order: 30 }];
