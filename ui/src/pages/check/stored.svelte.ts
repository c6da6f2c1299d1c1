import { get } from '../../lib/api.ts';
import type { Pagination } from '../../lib/types.ts';
import type { Found, RuleCount } from './rules.ts';

interface Answer {
  findings: Found[];
  pagination: Pagination;
  errors: number;
  warnings: number;
  left_out: number;
  pending: number;
  judged: number;
  rules: RuleCount[];
  zones: { id: string; name: string; errors: number; warnings: number }[];
}

const first = 200; // findings that are read at once
export const more = 500; // and of one rule, when they are asked for

// Stored is what the rules say of zones as they are kept, looked at again and again.
export class Stored {
  answer = $state.raw<Answer | null>(null);
  failed = $state.raw<unknown>(null);
  rule = $state.raw<Record<string, Found[]>>({}); // of rules that were opened
  readonly pending = $derived((this.answer?.pending ?? 0) > 0);
  private readonly path: string;
  private readonly severity: () => string;

  // zone is its name; empty for all.
  constructor(zone: string, severity: () => string) {
    this.path = zone ? `/zones/${encodeURIComponent(zone)}/check` : '/check';
    this.severity = severity;
  }

  async look(): Promise<void> {
    const severity = this.severity();
    try {
      const answer = await get<Answer>(this.path, { severity: severity || undefined, limit: first });
      if (severity !== this.severity()) return;
      [this.answer, this.failed] = [answer, null];
      await Promise.all(Object.keys(this.rule).map((code) => this.open(code)));
    } catch (e) {
      this.failed = e;
    }
  }

  // open reads more of what one rule found: as much as there was, and `plus`.
  async open(code: string, plus = 0): Promise<void> {
    const limit = Math.min(1000, Math.max(more, (this.rule[code]?.length ?? 0) + plus));
    const d = await get<Answer>(this.path, { rule: code, severity: this.severity() || undefined, limit });
    this.rule = { ...this.rule, [code]: d.findings };
  }
}
