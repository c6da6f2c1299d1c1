import { get, patch, post } from '../../lib/api.ts';
import { go } from '../../lib/router.svelte.ts';
import { loadSession, session } from '../../lib/session.svelte.ts';
import type { Role } from '../../lib/types.ts';
import { takeAway } from './gone.ts';
import { accountOf, keysPath, type Place } from './place.ts';
import type { InviteData, Member, Token } from './types.ts';

// MemberData is the people of an account, as the server last told.
export class MemberData {
  readonly place: Place;
  members = $state.raw<Member[] | null>(null);
  error = $state.raw<unknown>(null);
  made = $state.raw<InviteData | null>(null); // an invitation that is shown this once

  constructor(place: Place) {
    this.place = place;
    void this.load();
  }

  async load(): Promise<void> {
    try {
      this.members = (await get<{ members: Member[] }>('/members', { account: accountOf(this.place) })).members;
      this.error = null;
    } catch (e) {
      this.error = e;
    }
  }

  isOwn = (m: Member) => m.id === session.value.user?.id;

  tokens = async () => (await get<{ api_keys: Token[] }>(keysPath(this.place))).api_keys;

  async invite(who: { email: string; name: string; role: Role; days: number }): Promise<void> {
    const body = { email: who.email.trim(), name: who.name.trim() || undefined, role: who.role, valid_days: who.days, account: accountOf(this.place) };
    this.made = await post<InviteData>('/members', body);
    void this.load();
  }

  async renew(m: Member, days: number): Promise<void> {
    this.made = await post<InviteData>(`/members/${m.id}/code`, { valid_days: days });
    void this.load();
  }

  // setRole and remove look at the list again whatever happens: what is shown is what the server has.
  async setRole(m: Member, role: Role): Promise<void> {
    try {
      await patch(`/members/${m.id}`, { role });
    } catch (e) {
      void this.load();
      throw e;
    }
    if (this.isOwn(m)) await loadSession();
    else await this.load();
  }

  async remove(m: Member): Promise<void> {
    try {
      await takeAway(`/members/${m.id}`);
    } catch (e) {
      void this.load();
      throw e;
    }
    if (!this.isOwn(m)) return this.load();
    await loadSession();
    go('/zones');
  }

  revoke = (t: Token) => takeAway(keysPath(this.place, t.id));
}
