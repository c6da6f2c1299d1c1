import type { Page } from '../index.ts';

export const pages: Page[] = [{ path: '/signin', title: 'Sign in', load: () => import('./SignIn.svelte') }];
