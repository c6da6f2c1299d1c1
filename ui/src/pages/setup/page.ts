import type { Page } from '../index.ts';

export const pages: Page[] = [{ path: '/setup', title: 'Set up', load: () => import('./Setup.svelte') }];
