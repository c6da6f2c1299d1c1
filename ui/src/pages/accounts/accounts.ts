import type { Zone, ZoneChange } from '../../lib/types.ts';
import type { Account } from '../account/types.ts';

// found is the accounts that have each of the words in their name or their e-mail address.
export function found(accounts: Account[], text: string): Account[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return words.length ? accounts.filter((a) => words.every((w) => `${a.full_name} ${a.email}`.toLowerCase().includes(w))) : accounts;
}

export const count = (n: number, one: string, many = `${one}s`) => `${n.toLocaleString('en')} ${n === 1 ? one : many}`;

// What becomes of the zones of an account that goes: the id of the account that gets them, or they go too.
export type Heir = string | null;

const mostZones = 1000; // in one change

// changesOf settles the zones of an account, in as few changes as the server takes.
export function changesOf(zones: Zone[], heir: Heir): ZoneChange[][] {
  const one = (z: Zone): ZoneChange => ({ zone: z.id, if_match: z.serial, ...(heir ? { props: { account: heir } } : { delete: true }) });
  return Array.from({ length: Math.ceil(zones.length / mostZones) }, (_, i) => zones.slice(i * mostZones, (i + 1) * mostZones).map(one));
}

// isSpelt says that what is typed to confirm is the name, as people see it.
export const isSpelt = (typed: string, name: string) => typed.trim() === name.trim() && typed.trim() !== '';

// newcomer is the account that an answer that was lost has made: one of that name that was not there before.
export const newcomer = (before: Account[], now: Account[], name: string) => now.find((a) => a.full_name === name && !before.some((b) => b.id === a.id));
