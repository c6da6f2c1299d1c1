import { ApiError, post } from '../../lib/api.ts';
import type { ChangeData, ChangeRequest, Finding } from '../../lib/types.ts';

const pause = 250; // milliseconds after the last key

// Judge asks the rules about what is being typed.
export class Judge {
  findings = $state.raw<Finding[]>([]);
  problem = $state(''); // what cannot be read at all
  asking = $state(false);
  known = $state(false); // the rules have spoken about what is there now

  private timer: ReturnType<typeof setTimeout> | undefined;
  private flight: AbortController | undefined;

  ask(change: ChangeRequest | null): void {
    this.stop();
    if (!change?.zones.length) {
      this.set([], '', false);
      return;
    }
    this.asking = true;
    this.known = false;
    this.timer = setTimeout(() => void this.send(change), pause);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.flight?.abort();
    this.asking = false;
  }

  private set(findings: Finding[], problem: string, known: boolean): void {
    this.findings = findings;
    this.problem = problem;
    this.known = known;
    this.asking = false;
  }

  private async send(change: ChangeRequest): Promise<void> {
    const flight = (this.flight = new AbortController());
    try {
      const { warnings } = await post<ChangeData>('/changes', { ...change, dry_run: true }, { signal: flight.signal, quiet: true });
      this.set(warnings ?? [], '', true);
    } catch (e) {
      if (flight.signal.aborted) return;
      if (!(e instanceof ApiError) || e.status === 0 || e.status === 401 || e.status >= 500) this.set([], '', false);
      else if (e.findings.length) this.set([...e.findings, ...e.warnings], '', true);
      else this.set([], [e.message, ...e.details.map((d) => d.fix).filter((f) => f && !e.message.includes(f))].join(' '), true);
    }
  }
}
