import type { Page } from '../index.ts';

export const pages: Page[] = [{ path: '/join', title: 'Join', open: true, load: () => import('./Join.svelte') }];
