import { ApiError, del } from '../../lib/api.ts';

// takeAway deletes what is at a path. What is not there any more is away: somebody else did it, or
// the answer to the try before was lost.
export async function takeAway(path: string): Promise<void> {
  try {
    await del(path);
  } catch (e) {
    if (!(e instanceof ApiError && e.status === 404)) throw e;
  }
}
