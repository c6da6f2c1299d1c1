import { get, post } from '../../lib/api.ts';
import { takeAway } from './gone.ts';
import { keysPath, type Place } from './place.ts';
import { requestOf, type TokenDraft } from './token.ts';
import type { Token } from './types.ts';

// TokenData is the tokens of an account, as the server last told.
export class TokenData {
  readonly place: Place;
  tokens = $state.raw<Token[] | null>(null);
  error = $state.raw<unknown>(null);
  making = $state(false);
  made = $state.raw<{ token: Token; message: string } | null>(null); // with its secret, shown this once

  constructor(place: Place) {
    this.place = place;
    void this.load();
  }

  async load(): Promise<void> {
    try {
      this.tokens = (await get<{ api_keys: Token[] }>(keysPath(this.place))).api_keys;
      this.error = null;
    } catch (e) {
      this.error = e;
    }
  }

  async make(draft: TokenDraft): Promise<void> {
    const done = await post<{ api_key: Token; message?: string }>(keysPath(this.place), requestOf(draft));
    this.made = { token: done.api_key, message: done.message ?? '' };
    void this.load();
  }

  async revoke(t: Token): Promise<void> {
    await takeAway(keysPath(this.place, t.id));
    await this.load();
  }
}
