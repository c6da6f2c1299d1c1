import type { Member, Token } from './types.ts';

export const nameOf = (m: Member) => m.name || m.email;

// parted tells those who have joined from those who are only invited.
export function parted(members: Member[]): { joined: Member[]; invited: Member[] } {
  return { joined: members.filter((m) => m.state === 'active'), invited: members.filter((m) => m.state === 'invited') };
}

// isLastOwner says that nobody else could do what m can: owners who are only invited do not count,
// as the server has it too.
export function isLastOwner(members: Member[], m: Member): boolean {
  const owns = (o: Member) => o.role === 'owner' && o.state === 'active';
  return owns(m) && members.filter(owns).length === 1;
}

export const isOver = (when: string | null | undefined, now = Date.now()) => !!when && Date.parse(when) <= now;

// tokensLeft is what lives on when m may no longer make tokens: those that can be theirs, as they
// were made since m came. Which of them m has made is not on record; nobody but owners makes tokens.
export function tokensLeft(m: Member, tokens: Token[], now = Date.now()): Token[] {
  if (m.role !== 'owner' || m.state !== 'active') return [];
  const came = Math.floor(Date.parse(m.created_at) / 1000) * 1000; // tokens have whole seconds
  return tokens.filter((t) => Date.parse(t.created_at) >= came && !isOver(t.expires_at, now));
}
