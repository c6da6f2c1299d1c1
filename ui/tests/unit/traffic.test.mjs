import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limitsOf, list, requestOf, scopesOf, blank, deviceOf } from '../../src/pages/account/token.ts';
import { families, outside } from '../../src/pages/aliases/state.ts';
import { append, bars, largest, liveSpan, percent, perSecond, seriesOf, tick } from '../../src/pages/traffic/series.ts';

const counts = { A: 60, AAAA: 30, MX: 5, TXT: 4, NS: 3, SOA: 2, CAA: 1, PTR: 0 };

test('the largest counts, and the rest as one', () => {
  assert.deepEqual(largest(counts, 3), { keys: ['A', 'AAAA'], rest: ['MX', 'TXT', 'NS', 'SOA', 'CAA'] });
  assert.deepEqual(largest({ B: 1, A: 1 }, 3), { keys: ['A', 'B'], rest: [] });
  assert.deepEqual(bars(counts, 3).map((b) => [b.label, b.count]), [['A', 60], ['AAAA', 30], ['others', 15]]);
  assert.equal(bars(counts)[0].share, 60 / 105);
  assert.deepEqual(bars({}), []);
});

test('lines of a chart', () => {
  const points = [{ t: 0, queries: 10, nxdomain: 2, types: { A: 7, MX: 3 }, rcodes: {} }, { t: 60, queries: 5, nxdomain: 0, types: { A: 5 }, rcodes: {} }];
  assert.deepEqual(seriesOf(points, 'all', {}).map((s) => [s.label, s.values]), [['Queries', [10, 5]], ['NXDOMAIN', [2, 0]]]);
  const types = seriesOf(points, 'types', counts);
  assert.equal(types.length, 6);
  assert.deepEqual(types[0].values, [7, 5]);
  assert.deepEqual([types.at(-1).label, types.at(-1).values], ['others', [0, 0]]);
  assert.equal(new Set(types.map((s) => `${s.color} ${s.dash}`)).size, 6, 'no two look alike');
  assert.equal(new Set(types.map((s) => String(s.dash))).size, 6, 'not without colours either');
});

test('numbers in words', () => {
  assert.deepEqual([0, 0.0004, 0.05, 0.5, 1].map(percent), ['0 %', 'under 0.1 %', '5.0 %', '50 %', '100 %']);
  assert.deepEqual([0, 0.25, 3.14, 42.4, 12345.6].map(perSecond), ['0', '0.3', '3.1', '42', '12,346']);
  const noon = new Date(2026, 4, 3, 12, 5, 9).getTime() / 1000;
  assert.deepEqual(['hour', 'month', 'live'].map((w) => tick(noon, w)), ['12:05', '3 May', '12:05:09']);
});

test('seconds are kept for a while, each once', () => {
  let kept = [];
  for (let t = 1; t <= liveSpan + 10; t++) kept = append(kept, { t, qps: t });
  assert.equal(kept.length, liveSpan);
  assert.equal(kept[0].t, 11);
  assert.equal(append(kept, { t: kept.at(-1).t, qps: 0 }), kept, 'what came before, as after a reconnect, is left out');
});

test('the targets of others at which an alias ends', () => {
  const fresh = { target: 'a.test.', state: 'fresh', a: { state: 'fresh' } };
  assert.deepEqual(outside(fresh), [fresh]);
  assert.deepEqual(outside({ target: 'b.', state: 'own', ends: [fresh] }), [fresh]);
  assert.deepEqual(outside({ target: 'b.', state: 'own' }), []);
  assert.deepEqual(families({ ...fresh, aaaa: { state: 'failing' } }).map((l) => [l.family, l.of.state]), [['A', 'fresh'], ['AAAA', 'failing']]);
});

test('a token is asked for with what was chosen, and no more', () => {
  assert.deepEqual(requestOf({ ...blank, name: ' ci ' }), { name: 'ci', scopes: ['zones:read', 'records:read', 'records:write'] });
  assert.deepEqual(requestOf({ ...blank, name: 'x', scopes: ['zones:read'], days: '7', zones: 'a.example,b.example', types: 'txt', networks: '192.0.2.0/24' }, 0), {
    name: 'x', scopes: ['zones:read'], expires_at: '1970-01-08T00:00:00.000Z', zones: ['a.example', 'b.example'], types: ['TXT'], networks: ['192.0.2.0/24'],
  });
  assert.deepEqual(list(' a, b;c\nd '), ['a', 'b', 'c', 'd']);
});

test('what a token may do, as the server tells it', () => {
  assert.deepEqual(scopesOf({ scopes: '["zones:read","*"]' }), ['zones:read', '*']);
  assert.deepEqual(scopesOf({ scopes: 'nonsense' }), []);
  assert.deepEqual(limitsOf({ zones: ['a.example'], types: ['A', 'AAAA'], owners: [] }), ['in a.example', 'types A, AAAA']);
});

test('the browser of a session', () => {
  for (const [agent, device] of [
    ['Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/128.0 Safari/537.36', 'Chrome on Linux'],
    ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) AppleWebKit/605.1 Version/17.5 Safari/605.1', 'Safari on macOS'],
    ['Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/128.0 Safari/537.36 Edg/128.0', 'Edge on Windows'],
    ['curl/8.0', 'curl/8.0'],
    ['', 'unknown'],
  ]) assert.equal(deviceOf(agent), device);
});
