import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fixAll, fixOf, sections } from '../../src/pages/check/rules.ts';
import { byWeight } from '../../src/pages/check/verdict.ts';

const finding = (code, more = {}) => ({ severity: 'warning', code, message: code, conflicts: [], fixes: [], zone: 'example.com', serial: 7, ...more });
const fix = (zone, name) => ({ title: `fix ${name}`, zones: [{ zone, edits: [{ op: 'remove', name, type: 'A' }] }] });

// counted is findings with the counts of their rules, as the server tells them.
function counted(found) {
  const rules = new Map();
  for (const f of found) {
    const r = rules.get(f.code) ?? { code: f.code, severity: f.severity, count: 0 };
    rules.set(f.code, { ...r, count: r.count + 1 });
  }
  return sections([...rules.values()], found);
}

test('what hurts most stands first', () => {
  const all = counted([
    finding('single-ns'),
    finding('alias-chain'),
    finding('alias-chain'),
    finding('mx-target-is-alias'),
    finding('dangling-target'),
    finding('cname-loop'),
    finding('cname-loop'),
    finding('a-rule-of-tomorrow'),
  ]);
  assert.deepEqual(all.map((s) => s.title), ['Names that cannot be reached', 'Mail that may be lost', 'Slower than it could be', 'Worth to tidy up']);
  assert.deepEqual(all.map((s) => s.groups.map((g) => [g.code, g.found.length])), [[['cname-loop', 2], ['dangling-target', 1]], [['mx-target-is-alias', 1]], [['alias-chain', 2]], [['single-ns', 1], ['a-rule-of-tomorrow', 1]]]);
});

test('an error goes before all warnings, whatever it breaks', () => {
  const all = counted([finding('dangling-target'), finding('duplicate-record', { severity: 'error' }), finding('wildcard-ns')]);
  assert.deepEqual(all.map((s) => s.groups.map((g) => [g.code, g.severity])), [[['duplicate-record', 'error'], ['wildcard-ns', 'warning']], [['dangling-target', 'warning']]]);
  assert.deepEqual(sections([], []), []);
});

test('of many findings those are shown that are here', () => {
  const rules = [{ code: 'x', severity: 'warning', count: 900 }];
  const group = (found, opened) => sections(rules, found, opened)[0].groups[0];
  assert.deepEqual([group([], {}).count, group([], {}).found.length], [900, 0]);
  assert.equal(group([finding('x', { fix: 'mend it' })], {}).fix, 'mend it');
  assert.equal(group([finding('x')], { x: Array(500).fill(finding('x')) }).found.length, 500);
  assert.equal(group([finding('x'), finding('x')], { x: [finding('x')] }).found.length, 2, 'what was read before is not less');
});

test('a fix is refused if the zone has changed since', () => {
  assert.deepEqual(fixOf(fix('example.com.', 'a'), finding('x')), [{ zone: 'example.com.', edits: [{ op: 'remove', name: 'a', type: 'A' }], if_match: 7 }]);
  assert.equal(fixOf(fix('other.example.', 'a'), finding('x'))[0].if_match, undefined, 'the serial of one zone says nothing of another');
});

test('all fixes of a rule are one change, a zone each', () => {
  const found = [
    finding('x', { fixes: [fix('example.com.', 'a')] }),
    finding('x', { fixes: [fix('example.com.', 'b')] }),
    finding('x', { zone: 'example.net', serial: 9, fixes: [fix('example.net.', 'c')] }),
  ];
  assert.deepEqual(fixAll(found).map((z) => [z.zone, z.if_match, z.edits.map((e) => e.name)]), [['example.com.', 7, ['a', 'b']], ['example.net.', 9, ['c']]]);
  assert.deepEqual(found[0].fixes[0].zones[0].edits.length, 1, 'the findings stay as they are');
});

test('where there is a choice, or none, nothing is fixed at once', () => {
  const one = finding('x', { fixes: [fix('example.com.', 'a')] });
  assert.equal(fixAll([one]), null, 'one alone has its own button');
  assert.equal(fixAll([one, finding('x')]), null);
  assert.equal(fixAll([one, finding('x', { fixes: [fix('example.com.', 'a'), fix('example.com.', 'b')] })]), null);
  assert.equal(fixAll([one, finding('x', { fixes: [{ title: 't', zones: [{ zone: 'z.', create: {} }] }] })]), null);
});

test('verdicts from bad to good', () => {
  const v = ['ok', 'skipped', 'problem', 'unknown', 'warning'].map((status) => ({ status }));
  assert.deepEqual(byWeight(v).map((x) => x.status), ['problem', 'warning', 'unknown', 'ok', 'skipped']);
  assert.equal(v[0].status, 'ok');
});
