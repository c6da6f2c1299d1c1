import assert from 'node:assert/strict';
import { test } from 'node:test';
import { diffLines, propLines } from '../../src/lib/diff.ts';
import { absolute, bare, canonicalKey, relative } from '../../src/lib/name.ts';
import { fromBase64url, publicKeyOf, toBase64url } from '../../src/lib/passkey.ts';
import { ago } from '../../src/lib/time.ts';
import { inWords, parseTTL, short } from '../../src/lib/ttl.ts';
import { match } from '../../src/lib/match.ts';
import { lineRange, zoneName } from '../../src/pages/zones/zonefile.ts';

test('TTLs in words', () => {
  for (const [seconds, words, brief] of [
    [0, '0 seconds', '0s'],
    [1, '1 second', '1s'],
    [60, '1 minute', '1m'],
    [3600, '1 hour', '1h'],
    [5400, '1 hour 30 minutes', '1h30m'],
    [86399, '23 hours 59 minutes 59 seconds', '23h59m59s'],
    [604800, '1 week', '1w'],
    [2147483647, '3550 weeks 5 days 3 hours 14 minutes 7 seconds', '3550w5d3h14m7s'],
  ]) {
    assert.equal(inWords(seconds), words);
    assert.equal(short(seconds), brief);
    assert.equal(parseTTL(brief), seconds, `${brief} read back`);
    assert.equal(parseTTL(words), seconds, `${words} read back`);
  }
});

test('what is no TTL', () => {
  for (const text of ['', ' ', '-1', '1.5', 'abc', '1x', 'h', '2147483648', '9999999999', '99999999999999999999', '1h-2m', '1h 2']) {
    assert.equal(parseTTL(text), null, text);
  }
});

test('names as people write them', () => {
  for (const [written, zone, whole, shown] of [
    ['@', 'example.com', 'example.com.', '@'],
    ['', 'example.com', 'example.com.', '@'],
    ['www', 'example.com', 'www.example.com.', 'www'],
    ['WWW', 'Example.com.', 'www.example.com.', 'www'],
    ['a.b', 'example.com', 'a.b.example.com.', 'a.b'],
    ['www.example.com', 'example.com', 'www.example.com.', 'www'],
    ['www.example.com.', 'example.com', 'www.example.com.', 'www'],
    ['notexample.com', 'example.com', 'notexample.com.example.com.', 'notexample.com'],
    ['*', 'example.com', '*.example.com.', '*'],
    ['a\\.b', 'example.com', 'a\\.b.example.com.', 'a\\.b'],
  ]) {
    assert.equal(absolute(written, zone), whole, written);
    assert.equal(relative(whole, zone), shown, whole);
  }
  assert.equal(bare('.'), '.');
  assert.equal(bare('a.'), 'a');
});

test('canonical order is that of labels from the right', () => {
  const sorted = ['example.', 'a.example.', 'yljkjljk.a.example.', 'z.a.example.', 'zabc.a.example.', 'z.example.', '*.z.example.'];
  assert.deepEqual([...sorted].reverse().sort((a, b) => (canonicalKey(a) < canonicalKey(b) ? -1 : 1)), sorted);
});

test('points in time in words', () => {
  const now = Date.parse('2026-01-02T00:00:00Z');
  assert.equal(ago('2026-01-01T23:59:58Z', now), 'just now');
  assert.equal(ago('2026-01-01T23:58:00Z', now), '2 minutes ago');
  assert.equal(ago('2026-01-01T00:00:00Z', now), 'yesterday');
  assert.equal(ago('2026-01-02T03:00:00Z', now), 'in 3 hours');
});

test('a diff shows each record once, and what stays beside what changes', () => {
  const record = (content, more = {}) => ({ content, ...more });
  const set = (ttl, ...records) => ({ ttl, records });
  const lines = (before, after) => diffLines({ sets: [{ name: 'www.', type: 'A', before, after }] }).map((l) => l.sign + l.text);
  assert.deepEqual(lines(undefined, set(60, record('192.0.2.1'))), ['+www. 60 A 192.0.2.1']);
  assert.deepEqual(lines(set(60, record('192.0.2.1')), undefined), ['-www. 60 A 192.0.2.1']);
  assert.deepEqual(lines(set(60, record('192.0.2.1')), set(60, record('192.0.2.1'), record('192.0.2.2'))), [' www. 60 A 192.0.2.1', '+www. 60 A 192.0.2.2']);
  assert.deepEqual(lines(set(60, record('192.0.2.1')), set(90, record('192.0.2.1', { disabled: true, comment: 'old' }))), [
    '-www. 60 A 192.0.2.1',
    '+www. 90 A 192.0.2.1 ; disabled, "old"',
  ]);
});

test('properties of a zone in a diff', () => {
  const props = { type: 'master', region: 'EU', status: 'active', account: '1', soa: 'a b 0 1 2 3 4', soa_ttl: 60 };
  assert.deepEqual(propLines({ before: props, after: { ...props, status: 'paused' } }), [
    { sign: '-', text: 'status: active' },
    { sign: '+', text: 'status: paused' },
  ]);
  assert.deepEqual(propLines({ after: props }), [{ sign: '+', text: 'SOA: a b 0 1 2 3 4' }]);
});

test('octets of passkeys go there and back', () => {
  for (const octets of [[], [0], [255, 254, 253], [62 << 2, 63, 7, 9]]) {
    assert.deepEqual([...fromBase64url(toBase64url(new Uint8Array(octets).buffer))], octets);
  }
  const key = publicKeyOf({ publicKey: { challenge: 'AAEC', user: { id: '_-8', name: 'n' }, allowCredentials: [{ type: 'public-key', id: 'AQ' }] } });
  assert.deepEqual([...key.challenge], [0, 1, 2]);
  assert.deepEqual([...key.user.id], [255, 239]);
  assert.deepEqual([...key.allowCredentials[0].id], [1]);
});

test('paths of pages', () => {
  const pages = [{ path: '/zones' }, { path: '/zones/:zone/records' }, { path: '/names/:name+' }];
  const found = (path) => match(pages, path) && [match(pages, path).page.path, match(pages, path).params];
  assert.deepEqual(found('/zones'), ['/zones', {}]);
  assert.deepEqual(found('/zones/example.com/records'), ['/zones/:zone/records', { zone: 'example.com' }]);
  assert.deepEqual(found('/zones/0%2F25.2.0.192.in-addr.arpa/records'), ['/zones/:zone/records', { zone: '0/25.2.0.192.in-addr.arpa' }]);
  assert.deepEqual(found('/names/a/b'), ['/names/:name+', { name: 'a/b' }]);
  assert.deepEqual(found('/zones/%E0%A4%A/records'), ['/zones/:zone/records', { zone: '%E0%A4%A' }]);
  assert.equal(found('/zonesx'), null);
  assert.equal(found('/zones/a/b/records'), null);
});

test('of which zone a file is', () => {
  for (const [name, text, zone] of [
    ['', '$ORIGIN example.com.\n@ A 192.0.2.1', 'example.com'],
    ['', '; exported\n$TTL 60\nExample.COM. 3600 IN SOA ns1 host 1 2 3 4 5', 'example.com'],
    ['', 'example.com.\tIN\tSOA ns1. host. 1 2 3 4 5', 'example.com'],
    ['example.com.zone', '@ A 192.0.2.1', 'example.com'],
    ['db.example.com', '@ A 192.0.2.1', 'example.com'],
    ['Example.org.txt', '', 'example.org'],
    ['zone.txt', '@ A 192.0.2.1', ''],
    ['', 'www A 192.0.2.1', ''],
    ['', '$ORIGIN .\nexample.net. SOA a. b. 1 2 3 4 5', 'example.net'],
  ]) {
    assert.equal(zoneName({ name, text }), zone, `${name} ${text}`);
  }
});

test('where a line stands', () => {
  const text = 'one\ntwo\nthree';
  const line = (n) => text.slice(...lineRange(text, n));
  assert.deepEqual([1, 2, 3, 4].map(line), ['one', 'two', 'three', '']);
});

test('names are spelt as the server spells them', () => {
  for (const [written, whole] of [
    ['bücher', 'xn--bcher-kva.example.com.'],
    ['BÜCHER.example.com', 'xn--bcher-kva.example.com.'],
    ['straße', 'xn--strae-oqa.example.com.'],
    ['１２', '12.example.com.'],
    ['q"uote', 'q\\"uote.example.com.'],
    ['q\\"uote', 'q\\"uote.example.com.'],
    ['a b', 'a\\032b.example.com.'],
    ['\\065b', 'ab.example.com.'],
    ['a\\046b', 'a\\.b.example.com.'],
    ['\\_x', '_x.example.com.'],
    ['a@b', 'a\\@b.example.com.'],
    ['a\\.', 'a\\..example.com.'],
    ['a\\\\.', 'a\\\\.'],
    ['x.', 'x.'],
    ['\\example.com', 'example.com.'],
    ['a\\', 'a\\.example.com.'],
    ['a\\0', 'a\\0.example.com.'],
  ]) {
    assert.equal(absolute(written, 'example.com'), whole, written);
  }
  assert.equal(absolute('www', 'bücher.example'), 'www.xn--bcher-kva.example.');
});
