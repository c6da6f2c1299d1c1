// The shapes of /v1 that several pages use; package api of the sources says what they mean.

export interface Pagination {
  total: number;
  offset: number;
  limit: number;
  count: number;
  has_more: boolean;
}

export interface Zone {
  id: string;
  customer_id: string;
  name: string;
  type: string;
  region: string;
  status: string;
  settings: ZoneSettings;
  created_at: string;
  updated_at: string;
  serial: number;
  revision: number;
  record_count: number;
  read_only: boolean;
  nameservers: string[];
}

export interface ZoneSettings {
  dnssec_enabled: boolean;
  flatten_all_cnames: boolean;
  kept_cnames?: { count: number; names: { name: string; why: string }[] };
}

export interface DeletedZone {
  id: string;
  name: string;
  serial: number;
  revision: number;
  change_id: string;
  deleted_at: string;
  deleted_by?: string;
}

export interface RecordSettings {
  flatten_cname?: boolean | null;
  on_failure?: 'stale' | 'servfail' | 'nodata' | 'fallback';
  max_stale?: number | null;
  fallback?: string[];
}

export interface ZoneRecord {
  id: string;
  name: string;
  type: string;
  content: string;
  ttl: number;
  priority: number | null;
  disabled: boolean;
  comment: string | null;
  settings?: RecordSettings;
}

export interface RecordEdit {
  content: string;
  priority?: number | null;
  disabled?: boolean;
  comment?: string;
  settings?: RecordSettings;
}

export interface RecordEdits {
  op: 'put' | 'add' | 'remove';
  name: string;
  type: string;
  ttl?: number;
  contents?: string[];
  records?: RecordEdit[];
  comment?: string;
}

export interface ZonePatch {
  type?: string;
  region?: string;
  status?: string;
  account?: string;
  default_ttl?: number;
  flatten_all_cnames?: boolean;
  soa?: string;
  soa_ttl?: number;
}

export interface ZoneChange {
  zone: string;
  if_match?: number;
  create?: { type?: string; region?: string; status?: string; account?: string; bare?: boolean };
  delete?: boolean;
  props?: ZonePatch;
  edits?: RecordEdits[];
}

export interface ChangeRequest {
  reason?: string;
  dry_run?: boolean;
  zones: ZoneChange[];
}

export interface RRsetRecord {
  content: string;
  disabled?: boolean;
  comment?: string;
  settings?: RecordSettings;
}

export interface RRset {
  ttl: number;
  records: RRsetRecord[];
}

export interface SetDiff {
  name: string;
  type: string;
  before?: RRset;
  after?: RRset;
}

export interface ZoneProps {
  type: string;
  region: string;
  status: string;
  account: string;
  default_ttl?: number;
  flatten_all_cnames?: boolean;
  soa: string;
  soa_ttl: number;
}

export interface ZoneDiff {
  kind: 'update' | 'create' | 'delete';
  id: string;
  name: string;
  from: number;
  to: number;
  before?: ZoneProps;
  after?: ZoneProps;
  sets?: SetDiff[];
}

export interface Author {
  account?: string;
  token?: string;
  name?: string;
  via?: string;
  address?: string;
  agent?: string;
}

export interface Change {
  id: string;
  revision: number;
  time: string;
  reason?: string;
  author: Author;
  reverts?: number;
  zones: ZoneDiff[];
}

export interface Flattening {
  zone: string;
  on: boolean;
  turns: { count: number; names: { name: string; target: string }[] };
  stays: { count: number; names: { name: string; target: string; why?: string }[] };
}

export interface ChangeData {
  flattening?: Flattening[];
  change?: Change;
  warnings?: Finding[];
  dry_run?: boolean;
  replayed?: boolean;
}

export interface ImportProgress {
  stage: 'read' | 'check' | 'write';
  octets: number;
  records: number;
}

export interface ImportData extends ChangeData {
  zone?: Zone;
  records: number;
}

export interface CheckData {
  findings: Finding[];
  errors: number;
  warnings: number;
}

export interface Fix {
  title: string;
  zones: ZoneChange[];
}

export interface Finding {
  severity: 'error' | 'warning';
  code: string;
  message: string;
  fix?: string;
  source?: string;
  owner?: string;
  file?: string;
  line?: number;
  column?: number;
  conflicts: string[];
  fixes: Fix[];
}

export interface ErrorBody {
  code: string;
  message: string;
  details?: Record<string, string>[];
  findings?: Finding[];
  warnings?: Finding[]; // what the rules say beside that
}

export type Role = 'owner' | 'editor' | 'viewer';

export interface Session {
  state: 'setup' | 'signed_out' | 'signed_in';
  user?: { id: string; name: string; email: string; role: Role };
  account?: { id: string; name: string };
  admin?: boolean;
  csrf?: string;
  expires_at?: string;
  passkeys?: boolean;
  confirmed_until?: string; // until then nobody is asked who they are before they change how people come in
}

export interface ExplainStep {
  depth: number;
  kind: string;
  owner: string;
  type: string;
  via?: string;
  zone?: string;
  server?: string;
  source: 'own' | 'cache' | 'live' | 'stale';
  ours?: boolean;
  ttl: number | null;
  ttl_left: number | null;
  took_ms: number;
  target?: string;
  state?: string;
  why?: string;
  records?: string[];
}

export interface Explanation {
  name: string;
  type: string;
  authoritative: boolean;
  steps: ExplainStep[];
  records: { name: string; type: string; ttl: number; content: string }[];
  rcode: string;
  ede?: { code: number; text?: string };
  end: string;
  why: string;
  ttl: number | null;
  ttl_step: number;
  stale?: boolean;
  took_ms: number;
}
