import type { Page } from '../index.ts';

export const pages: Page[] = [
  { path: '/move', title: 'Move a target', label: 'Move', load: () => import('./Move.svelte'), place: 'main', icon: 'move', order: 30, needs: 'editor' },
  { path: '/move/done/:change', title: 'Watch it drain', load: () => import('./Drained.svelte') },
  { path: '/move/:plan', title: 'Plan', load: () => import('./PlanPage.svelte') },
];
