import { get, patch, post } from '../../lib/api.ts';
import { loadSession, session } from '../../lib/session.svelte.ts';
import type { ChangeData, Zone } from '../../lib/types.ts';
import { takeAway } from '../account/gone.ts';
import type { Account, InviteData, Member, Token } from '../account/types.ts';
import { zonesOf } from '../account/zones.ts';
import { changesOf, newcomer, type Heir } from './accounts.ts';

// Belongings is what goes with an account.
export interface Belongings {
  zones: Zone[];
  members: Member[];
  tokens: Token[];
}

// AccountList is all accounts of the server.
export class AccountList {
  all = $state.raw<Account[] | null>(null);
  error = $state.raw<unknown>(null);
  members = $state<Record<string, number>>({}); // how many have joined, by id, of those that were seen
  private waiting: string[] = []; // ids whose members are counted

  constructor() {
    void this.load();
  }

  async load(): Promise<void> {
    try {
      this.all = (await get<{ users: Account[] }>('/users')).users;
      this.error = null;
    } catch (e) {
      this.error = e;
    }
  }

  // count asks for the members of an account, one account after the other.
  count(id: string): void {
    if (id in this.members || this.waiting.includes(id)) return;
    this.waiting.push(id);
    if (this.waiting.length === 1) void this.work();
  }

  private async work(): Promise<void> {
    for (let id = this.waiting[0]; id; this.waiting.shift(), id = this.waiting[0]) {
      try {
        this.members[id] = (await get<{ members: Member[] }>('/members', { account: id })).members.filter((m) => m.state === 'active').length;
      } catch {
        // it is gone: its number stays open
      }
    }
  }

  // make makes an account; one whose answer was lost on the way is found, not made again.
  async make(name: string): Promise<Account> {
    const before = this.all ?? [];
    try {
      return (await post<{ user: Account }>('/users', { full_name: name })).user;
    } catch (e) {
      await this.load();
      const made = newcomer(before, this.all ?? [], name);
      if (!made) throw e;
      return made;
    }
  }

  invite = (a: Account, who: { email: string; owner: string; days: number }) =>
    post<InviteData>('/members', { account: a.id, email: who.email.trim(), name: who.owner.trim() || undefined, role: 'owner', valid_days: who.days });

  async rename(a: Account, name: string): Promise<void> {
    await patch(`/users/${a.id}`, { full_name: name });
    await this.load();
    if (a.id === session.value.account?.id) await loadSession();
  }

  async belongings(a: Account): Promise<Belongings> {
    const [zones, { members }, { api_keys }] = await Promise.all([
      zonesOf(a),
      get<{ members: Member[] }>('/members', { account: a.id }),
      get<{ api_keys: Token[] }>(`/users/${a.id}/apikeys`),
    ]);
    return { zones, members, tokens: api_keys };
  }

  // remove settles the zones of an account and takes it away. It can be repeated where it failed half way.
  async remove(a: Account, zones: Zone[], heir: Heir): Promise<void> {
    try {
      for (const change of changesOf(zones, heir)) {
        await post<ChangeData>('/changes', { reason: `the account ${a.full_name} is deleted`, zones: change }, { once: true });
      }
      await takeAway(`/users/${a.id}`);
    } finally {
      void this.load();
    }
  }
}
