// The shapes of /v1/aliases and /v1/plans; package api of the sources says what they mean.

export interface ChainLink {
  owner: string;
  kind: string;
  via?: string;
  zone?: string;
  ttl: number;
  target: string;
}

export interface Chain {
  name: string;
  type: string;
  links: ChainLink[];
  end: string;
  last: string;
  zone?: string;
  ttl: number;
  depth: number;
  loop?: string[];
}

export interface Drain {
  seconds: number | null;
  by?: string;
  until?: string;
  name?: string;
  owner?: string;
  type?: string;
  ttl?: number;
  aliases?: number;
}

export interface PathStep {
  name: string;
  kind: string;
  via?: string;
  zone?: string;
  ttl?: number;
}

export interface Dependent {
  owner: string;
  type: string;
  kind: string;
  target: string;
  zone: string;
  ttl: number;
  depth: number;
  follows: boolean;
  path?: PathStep[];
  drain: number | null;
  drain_by?: Drain;
}

export interface DependentsData {
  name: string;
  dependents: Dependent[];
  hidden?: number;
  truncated?: boolean;
  next?: string;
}

export interface TraceHop {
  owner: string;
  kind: string;
  target?: string;
  zone?: string;
  server?: string;
  ours?: boolean;
  queries: number;
  took_ms: number;
}

export interface Trace {
  name: string;
  type: string;
  hops: TraceHop[];
  rcode: string;
  end: string;
  why: string;
  queries: number;
  cold_ms: number;
}
