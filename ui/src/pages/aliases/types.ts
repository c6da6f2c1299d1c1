import type { Pagination } from '../../lib/types.ts';

export type AliasState = 'fresh' | 'renewing' | 'stale' | 'failing' | 'unasked' | 'own';

export interface AliasFamily {
  state: Exclude<AliasState, 'own'>;
  addresses: string[];
  ttl: number;
  gone?: boolean;
  since?: string;
  answered?: string;
  expires?: string;
  tried?: string;
  next?: string;
  failures?: number;
  failing_since?: string;
  why?: string;
}

export interface AliasTarget {
  target: string;
  state: AliasState;
  a?: AliasFamily;
  aaaa?: AliasFamily;
  ends?: AliasTarget[];
}

export interface AliasRecords {
  name: string;
  zone: string;
  type: 'ALIAS' | 'CNAME';
  ttl: number;
  on_failure: 'stale' | 'servfail' | 'nodata' | 'fallback';
  state: AliasState;
  targets: AliasTarget[];
}

export interface AliasesData {
  aliases: AliasRecords[];
  pagination: Pagination;
}
