import { hooks } from './api.ts';
import { presence } from './presence.ts';

// Whether the server answers. While it does not, a banner says so and requests that can be
// repeated wait.
export const connection = $state({ down: false, since: 0 });

let watch: Promise<void> | null = null;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function untilBack(): Promise<void> {
  connection.down = true;
  connection.since = Date.now();
  for (let wait = 300; ; wait = Math.min(wait * 1.5, 3000)) {
    await pause(wait);
    await presence();
    try {
      const res = await fetch('/v1/health', { cache: 'no-store' });
      if (res.ok) break;
    } catch {
      // still away
    }
  }
  connection.down = false;
  watch = null;
}

hooks.lost = async (signal) => {
  watch ??= untilBack();
  await watch;
  signal?.throwIfAborted();
};
