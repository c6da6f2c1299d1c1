import type { Page } from '../index.ts';

export const pages: Page[] = [
  { path: '/account', title: 'Your account', label: 'Your account', load: () => import('./You.svelte'), place: 'account', icon: 'user', order: 10 },
  { path: '/account/members', title: 'Members', load: () => import('./Members.svelte'), place: 'account', icon: 'list', order: 20, needs: 'owner' },
  { path: '/account/tokens', title: 'Tokens', load: () => import('./Tokens.svelte'), place: 'account', icon: 'key', order: 30, needs: 'owner' },
];
