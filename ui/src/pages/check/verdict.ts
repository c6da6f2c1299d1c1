import type { Status, Verdict } from './types.ts';

export const statusKind: Record<Status, 'good' | 'plain' | 'warn' | 'bad'> = { ok: 'good', skipped: 'plain', unknown: 'plain', warning: 'warn', problem: 'bad' };

export const statusWords: Record<Status, string> = { ok: 'all well', skipped: 'not needed', unknown: 'could not be told', warning: 'look at this', problem: 'a problem' };

const weight: Record<Status, number> = { problem: 0, warning: 1, unknown: 2, ok: 3, skipped: 4 };

export const byWeight = (verdicts: Verdict[]) => [...verdicts].sort((a, b) => weight[a.status] - weight[b.status]);
