import type { Finding, ZoneDiff } from '../../lib/types.ts';
import type { Dependent, Drain } from '../chain/types.ts';

export type PlanKind = 'retarget' | 'ttl' | 'delete';

export interface PlanRequest {
  kind: PlanKind;
  from?: string;
  to?: string;
  name?: string;
  types?: string[];
  ttl?: number;
  zones?: string[];
  reason?: string;
  followers?: boolean;
}

export interface Plan {
  id: string;
  request: PlanRequest;
  created_at: string;
  expires_at: string;
  diff: ZoneDiff[];
  zones: { id: string; name: string; from: number; names: number; sets: number; before: number; after: number }[];
  records: number;
  affected: Dependent[];
  affected_total: number;
  affected_zones: { zone: string; names: number }[];
  partial: boolean;
  fixed: { owner: string; type: string; zone: string; reason: string }[];
  findings: Finding[];
  errors: number;
  depth: number;
  drain: Drain;
}
