import type { ExplainStep, Fix } from '../../lib/types.ts';

export type Status = 'ok' | 'skipped' | 'unknown' | 'warning' | 'problem';

export interface Verdict {
  id: string;
  status: Status;
  title: string;
  seen: string[];
  advice: string[];
  fixes?: Fix[];
  record?: { zone: string; name: string; type: string; content: string }; // of ours, that is at fault
  source?: string;
  took_ms: number;
}

export interface Certificate {
  address: string;
  status: Status;
  why?: string;
  names: string[];
  name_count?: number;
  covers: boolean;
  trusted: boolean;
  self_signed?: boolean;
  subject?: string;
  issuer?: string;
  not_before?: string;
  not_after?: string;
  protocol?: string;
}

export interface Diagnosis {
  name: string;
  status: Status;
  verdicts: Verdict[];
  chain: ExplainStep[];
  addresses: string[];
  certificates: Certificate[];
  propagation?: Propagation;
  took_ms: number;
}

export interface PropagationServer {
  server: string;
  name?: string;
  kind: 'authoritative' | 'resolver' | 'ours';
  state: 'matches' | 'differs' | 'error';
  rcode?: string;
  aliases?: string[];
  records: string[];
  ttl_left: number | null;
  serial?: number;
  took_ms: number;
  why?: string;
}

export interface Propagation {
  name: string;
  type: string;
  zone?: string;
  ours?: boolean;
  expect: string[];
  expect_from: 'given' | 'ours' | 'authoritative' | 'resolvers' | 'none';
  servers: PropagationServer[];
  matches: number;
  differs: number;
  errors: number;
  done: boolean;
  left: number | null;
  until?: string;
  warnings?: string[];
  took_ms: number;
}
