import { bare } from '../../lib/name.ts';

// href is the page of a name.
export const href = (name: string) => `/names/${encodeURIComponent(bare(name))}`;
