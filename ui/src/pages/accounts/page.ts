import type { Page } from '../index.ts';

export const pages: Page[] = [
  { path: '/accounts', title: 'Accounts', load: () => import('./Accounts.svelte'), place: 'account', icon: 'settings', order: 40, needs: 'owner', operator: true },
  { path: '/accounts/:account/members', title: 'Members of an account', load: () => import('./AccountMembers.svelte'), needs: 'owner', operator: true },
  { path: '/accounts/:account/tokens', title: 'Tokens of an account', load: () => import('./AccountTokens.svelte'), needs: 'owner', operator: true },
];
