export type Counts = Record<string, number>;
export type Window = 'hour' | 'day' | 'month';

export interface TrafficPoint {
  t: number;
  queries: number;
  nxdomain: number;
  types: Counts;
  rcodes: Counts;
}

export interface TrafficSums {
  window: Window;
  zone?: string;
  start: string;
  end: string;
  step: number;
  queries: number;
  elsewhere: number;
  other: number;
  nxdomain_share: number;
  types: Counts;
  rcodes: Counts;
  points: TrafficPoint[];
}

export interface TopZone {
  zone_id: string | null;
  zone_name: string;
  queries: number;
  share: number;
  nxdomain_share: number;
}

export interface TopName {
  name: string;
  zone_name: string;
  queries: number;
  share: number;
}

export interface TrafficTop {
  window: Window;
  queries: number;
  zones: TopZone[];
  names: TopName[];
  missing: TopName[];
}

export interface TrafficSecond {
  t: number;
  qps: number;
  types: Counts;
  rcodes: Counts;
  nxdomain_share: number;
}
