import type { AliasFamily, AliasState, AliasTarget } from './types.ts';

export const states: AliasState[] = ['failing', 'stale', 'unasked', 'renewing', 'fresh', 'own'];

export const stateKind: Record<AliasState, 'good' | 'plain' | 'warn' | 'bad' | 'accent'> = { fresh: 'good', renewing: 'accent', stale: 'warn', failing: 'bad', unasked: 'plain', own: 'good' };

export const stateWords: Record<AliasState, string> = {
  fresh: 'the answer of the target holds',
  renewing: 'it has run out just now and is asked for anew',
  stale: 'it has run out and cannot be renewed: the last good one is served',
  failing: 'there is none that is served',
  unasked: 'nobody has asked for it yet: the first query waits for it',
  own: 'the target is in a zone of this server, which asks nobody',
};

export const failureWords = {
  stale: 'serve the last good addresses',
  servfail: 'answer SERVFAIL',
  nodata: 'answer that there are no addresses',
  fallback: 'serve the addresses that are set for it',
};

// outside is the targets of others that a target ends at: itself, or where its chain leaves our zones.
export const outside = (t: AliasTarget): AliasTarget[] => (t.state === 'own' ? (t.ends ?? []) : [t]);

export interface Line {
  family: 'A' | 'AAAA';
  of: AliasFamily;
}

export const families = (t: AliasTarget): Line[] => [
  ...(t.a ? [{ family: 'A' as const, of: t.a }] : []),
  ...(t.aaaa ? [{ family: 'AAAA' as const, of: t.aaaa }] : []),
];
