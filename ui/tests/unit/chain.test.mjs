import assert from 'node:assert/strict';
import { test } from 'node:test';
import { draft, draw, shorten } from '../../src/pages/chain/drawing.ts';
import { branches, countOf, empty } from '../../src/pages/chain/followers.ts';
import { href } from '../../src/pages/chain/href.ts';
import { kindOf, milliseconds, tone, wayOf, wayOfChain } from '../../src/pages/chain/way.ts';

const step = (kind, owner, more = {}) => ({ depth: 0, kind, owner, type: 'A', source: 'own', ttl: 300, ttl_left: 300, took_ms: 0, ...more });
const explanation = (steps, more = {}) => ({ name: steps[0].owner, type: 'A', steps, records: [], rcode: 'NOERROR', end: 'answered', why: 'the records are there', ttl: 60, ttl_step: -1, took_ms: 1, authoritative: true, ...more });

const two = explanation(
  [
    step('CNAME', 'www.example.com.', { zone: 'example.com.', target: 'main.example.net.' }),
    step('servers', 'main.example.net.', { took_ms: 1 }),
    step('silent', '.', { depth: 1, took_ms: 20 }),
    step('exact', 'main.example.net.', { took_ms: 5, ttl: 60, records: ['192.0.2.1'] }),
  ],
  { ttl_step: 3 },
);

const follower = (owner, zone, more = {}) => ({ owner, zone, type: 'CNAME', kind: 'CNAME', target: 'www.example.com.', ttl: 3600, depth: 1, follows: true, drain: 300, ...more });

function many(...counts) {
  const f = empty();
  for (const [zone, n] of counts) {
    for (let i = 0; i < n; i++) f.list.push(follower(`n${i}.${zone}.`, zone));
    f.zones.set(zone, n);
    f.total += n;
  }
  f.done = true;
  return f;
}

test('who was asked is left out of the way, but for the time it took', () => {
  const way = wayOf(two);
  assert.deepEqual(way.steps.map((s) => [s.kind, s.owner, s.link, s.took]), [
    ['CNAME', 'www.example.com.', true, 0],
    ['exact', 'main.example.net.', false, 26],
  ]);
  assert.equal(way.ttlStep, 1, 'the step that decides the TTL is found again');
});

test('the way as the zones held show it', () => {
  const way = wayOfChain({ name: 'a.example.', type: 'A', links: [{ owner: 'a.example.', kind: 'ALIAS', zone: 'example', ttl: 60, target: 'b.test.' }], end: 'leaves', last: 'b.test.', ttl: 0, depth: 1 });
  assert.deepEqual(way.steps.map((s) => [s.kind, s.owner, s.ttl]), [['ALIAS', 'a.example.', 60], ['leaves', 'b.test.', null]]);
  assert.equal(way.explained, false);
  assert.equal(way.why, 'the name is in no zone held here');
});

test('ends are told apart', () => {
  assert.equal(tone('answered'), 'good');
  assert.equal(tone('nodata'), 'warn');
  for (const end of ['nxdomain', 'loop', 'too-long', 'failed', 'exhausted']) assert.equal(tone(end), 'bad', end);
  assert.equal(kindOf({ kind: 'exact' }), 'records');
  assert.equal(kindOf({ kind: 'DNAME' }), 'DNAME');
  assert.deepEqual([0.3, 4.25, 1234.5].map(milliseconds), ['under 1 ms', '4.3 ms', '1,235 ms']);
});

test('many followers of a zone are one branch with their count, largest first', () => {
  const all = branches(many(['small.example', 2], ['agency.example', 1500], ['shop.example', 40]));
  assert.deepEqual(all.map((b) => (b.kind === 'zone' ? [b.zone, b.count] : b.dependent.owner)), [['agency.example', 1500], ['shop.example', 40], 'n0.small.example.', 'n1.small.example.']);
  assert.deepEqual(branches(many(['a.example', 12])).map((b) => b.kind), Array(12).fill('name'), 'a few are shown one by one');
});

test('a count says whether there are more', () => {
  assert.equal(countOf({ total: 1500, more: false, done: true }), '1,500');
  assert.equal(countOf({ total: 20000, more: true, done: true }), '20,000+');
  assert.equal(countOf({ total: 7, more: false, done: false }), '7+');
});

test('the drawing has each name once, and an arrow for each link', () => {
  const { boxes, edges } = draft(wayOf(two), many(['agency.example', 1500], ['shop.example', 1]));
  assert.deepEqual(boxes.map((b) => [b.kind, b.title]), [
    ['focus', 'www.example.com'],
    ['end', 'main.example.net'],
    ['group', '1,500 names'],
    ['follower', 'n0.shop.example'],
  ]);
  assert.deepEqual(edges.map((e) => [e.from, e.to]), [
    ['www.example.com', 'main.example.net'],
    ['zone:agency.example', 'www.example.com'],
    ['n0.shop.example', 'www.example.com'],
  ]);
  assert.equal(boxes[0].href, undefined, 'the name that is open leads nowhere');
  assert.equal(boxes[1].sub, '192.0.2.1');
});

test('a name that follows in two ways has one arrow that says both', () => {
  const f = { ...many(['shop.example', 1]), list: [follower('a.example.', 'a.example', { kind: 'ALIAS', ttl: 600 }), follower('a.example.', 'a.example', { kind: 'MX', type: 'MX', follows: false })] };
  const { boxes, edges } = draft(wayOf(two), f);
  assert.equal(boxes.length, 3);
  assert.deepEqual(edges.at(-1), { from: 'a.example', to: 'www.example.com', label: 'ALIAS 10m, MX 1h' });
});

test('more followers than fit are counted in one box', () => {
  const f = many(...Array.from({ length: 30 }, (_, i) => [`z${i}.example`, 1]));
  const { boxes } = draft(wayOf(two), f);
  assert.equal(boxes.filter((b) => b.kind === 'follower').length, 6);
  assert.equal(boxes.at(-1).title, '24 more');
  assert.deepEqual(draft(wayOf(two), f, 1).boxes.slice(2).map((b) => b.title), ['30 names'], 'on a narrow screen all are in one');
});

test('places: nothing overlaps, all is inside, links that lead back go around', () => {
  const loop = explanation([step('CNAME', 'a.example.', { target: 'b.example.' }), step('CNAME', 'b.example.', { target: 'c.example.' }), step('CNAME', 'c.example.', { target: 'a.example.' }), step('loop', 'a.example.')], { end: 'loop' });
  for (const narrow of [false, true]) {
    for (const way of [wayOf(two), wayOf(loop)]) {
      const p = draw(way, many(['agency.example', 1500], ['shop.example', 2]), narrow);
      for (const [i, a] of p.boxes.entries()) {
        assert.ok(a.x >= 0 && a.y >= 0 && a.x + a.w <= p.width && a.y + a.h <= p.height, `${a.id} is inside`);
        for (const b of p.boxes.slice(i + 1)) assert.ok(a.x + a.w <= b.x || b.x + b.w <= a.x || a.y + a.h <= b.y || b.y + b.h <= a.y, `${a.id} and ${b.id}`);
      }
      assert.equal(p.arrows.some((a) => a.back), way.end === 'loop');
      for (const a of p.arrows) assert.doesNotMatch(a.d, /NaN|undefined/);
    }
  }
});

test('long names keep both ends', () => {
  assert.equal(shorten('www.example.com.', 26), 'www.example.com');
  const short = shorten('a-very-long-label-indeed.of-a-zone.example.com.', 20);
  assert.equal(short.length, 20);
  assert.match(short, /^a-very.*….*\.com$/);
  assert.equal(href('*.Example.com.'), '/names/*.Example.com');
});
