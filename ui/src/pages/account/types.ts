import type { Role } from '../../lib/types.ts';

export interface Passkey {
  id: string;
  name: string;
  synced: boolean;
  created_at: string;
  last_used_at?: string;
}

export interface OpenSession {
  id: string;
  current: boolean;
  ip_address: string;
  user_agent: string;
  created_at: string;
  last_used_at: string;
  expires_at: string;
}

export interface Member {
  id: string;
  account_id: string;
  email: string;
  name: string;
  role: Role;
  state: 'invited' | 'active';
  passkeys: number;
  created_at: string;
  last_seen_at?: string;
  code_ends_at?: string;
}

export interface InviteData {
  member: Member;
  invite: { code: string; url: string; expires_at: string };
}

// Account is what owns zones, members and tokens; the server calls it a user.
export interface Account {
  id: string;
  email: string;
  full_name: string;
  role: 'admin' | 'user'; // admin: acts for all accounts
  created_at: string;
  zone_count?: number | null;
}

export interface Token {
  id: string;
  name: string;
  key?: string; // only in the answer that made it
  prefix?: string;
  scopes: string; // a JSON array
  expires_at: string | null;
  last_used_at?: string;
  created_at: string;
  zones?: string[];
  owners?: string[];
  types?: string[];
  targets?: string[];
  networks?: string[];
}
