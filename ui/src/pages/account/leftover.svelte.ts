import type { MemberData } from './members.svelte.ts';
import { tokensLeft } from './members.ts';
import type { Member, Token } from './types.ts';

// Leftover is the tokens that live on when an owner goes, or is one no more, and which of them
// shall end with it.
export class Leftover {
  tokens = $state.raw<Token[]>([]);
  chosen = $state<string[]>([]); // ids
  looking = $state(false);
  error = $state.raw<unknown>(null);
  done = $state(false); // the member is dealt with; tokens are left to be revoked

  private readonly data: MemberData;

  constructor(data: MemberData) {
    this.data = data;
  }

  async look(m: Member): Promise<void> {
    this.tokens = [];
    this.chosen = [];
    this.error = null;
    this.done = false;
    if (m.role !== 'owner' || m.state !== 'active') return;
    this.looking = true;
    try {
      this.tokens = tokensLeft(m, await this.data.tokens());
    } catch (e) {
      this.error = e;
    } finally {
      this.looking = false;
    }
  }

  // end does what becomes of m, and revokes what is chosen if tokens is set. Somebody else is dealt
  // with first, so that they make no other token meanwhile; who goes themselves may revoke nothing
  // afterwards. It can be repeated where it failed half way.
  async end(m: Member, tokens: boolean, act: () => Promise<void>): Promise<void> {
    const own = this.data.isOwn(m);
    if (own && tokens) await this.revoke();
    if (!this.done) await act();
    this.done = true;
    if (!own && tokens) await this.revoke();
  }

  private async revoke(): Promise<void> {
    for (const id of [...this.chosen]) {
      const token = this.tokens.find((t) => t.id === id);
      if (token) await this.data.revoke(token);
      this.chosen = this.chosen.filter((c) => c !== id);
      this.tokens = this.tokens.filter((t) => t.id !== id);
    }
  }
}
