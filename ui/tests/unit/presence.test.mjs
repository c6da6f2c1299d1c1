import assert from 'node:assert/strict';
import { mock, test } from 'node:test';

mock.timers.enable({ apis: ['setInterval', 'setTimeout', 'Date'], now: 1_000_000 });
const page = new EventTarget();
globalThis.document = Object.assign(page, { visibilityState: 'visible' });
globalThis.addEventListener = page.addEventListener.bind(page);
const { every, presence, present, whilePresent } = await import('../../src/lib/presence.ts');

function show(state) {
  page.visibilityState = state;
  page.dispatchEvent(new Event('visibilitychange'));
}
const use = () => page.dispatchEvent(new Event('keydown'));

test('nothing is asked by itself while the page is hidden, and what fell due is done once', () => {
  use();
  let runs = 0;
  const end = every(10_000, () => runs++);
  mock.timers.tick(9_999);
  assert.equal(runs, 0);
  mock.timers.tick(1);
  assert.equal(runs, 1);
  show('hidden');
  mock.timers.tick(60_000);
  assert.equal(runs, 1);
  show('visible');
  assert.equal(runs, 2, 'at once, and once');
  show('hidden');
  show('visible');
  assert.equal(runs, 2, 'nothing was due');
  end();
  mock.timers.tick(60_000);
  assert.equal(runs, 2);
});

test('nor while nobody uses it', () => {
  use();
  let runs = 0;
  const end = every(60_000, () => runs++);
  for (let i = 0; i < 40; i++) mock.timers.tick(60_000);
  assert.equal(runs, 29);
  assert.equal(present(), false);
  use();
  mock.timers.tick(1000);
  assert.equal(runs, 30);
  end();
});

test('what goes on by itself is ended while nobody is there', () => {
  use();
  const log = [];
  const end = whilePresent(() => (log.push('start'), () => log.push('stop')));
  mock.timers.tick(5_000);
  show('hidden');
  mock.timers.tick(5_000);
  show('visible');
  assert.deepEqual(log, ['start', 'stop', 'start']);
  end();
  show('hidden');
  show('visible');
  assert.deepEqual(log, ['start', 'stop', 'start', 'stop']);
});

test('one waits for somebody', async () => {
  use();
  let there = false;
  show('hidden');
  const waiting = presence().then(() => (there = true));
  mock.timers.tick(10_000);
  await Promise.resolve();
  assert.equal(there, false);
  show('visible');
  await waiting;
  assert.equal(there, true);
});
