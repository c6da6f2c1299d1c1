import assert from 'node:assert/strict';
import { test } from 'node:test';
import { before, counts, localTime, titleOf, who } from '../../src/pages/history/log.ts';
import { blank, changedNames, clock, doneHref, draftOf, lifetimes, past, requestOf, titleOf as planTitle, typeToAsk } from '../../src/pages/move/plan.ts';

const draft = (more) => ({ ...blank, from: 'main.example.net', to: 'next.example.net', ...more });

test('a form becomes the request for a plan', () => {
  for (const [name, form, want] of [
    ['a move', {}, { kind: 'retarget', from: 'main.example.net', to: 'next.example.net' }],
    ['with a TTL in words', { ttl: '5m' }, { kind: 'retarget', from: 'main.example.net', to: 'next.example.net', ttl: 300 }],
    ['only some records', { zones: 'a.example, b.example', types: 'cname alias' }, { kind: 'retarget', from: 'main.example.net', to: 'next.example.net', types: ['CNAME', 'ALIAS'], zones: ['a.example', 'b.example'] }],
    ['another TTL, of followers too', { kind: 'ttl', ttl: '60' }, { kind: 'ttl', name: 'main.example.net', ttl: 60, followers: true }],
    ['another TTL of the name alone', { kind: 'ttl', ttl: '60', followers: false }, { kind: 'ttl', name: 'main.example.net', ttl: 60 }],
    ['a deletion, whose TTL does not count', { kind: 'delete', ttl: '60', reason: ' gone ' }, { kind: 'delete', name: 'main.example.net', reason: 'gone' }],
  ]) {
    const made = requestOf(draft(form));
    assert.deepEqual(JSON.parse(JSON.stringify(made.request)), want, name);
    const again = requestOf({ ...blank, ...draftOf(made.request) });
    assert.deepEqual(JSON.parse(JSON.stringify(again.request)), want, `${name}, from the plan again`);
  }
});

test('what is missing in a form is said at its field', () => {
  for (const [form, field] of [
    [{ from: ' ' }, 'from'],
    [{ to: '' }, 'to'],
    [{ ttl: 'soon' }, 'ttl'],
    [{ kind: 'ttl' }, 'ttl'],
    [{ kind: 'ttl', ttl: '0' }, 'ttl'],
  ]) {
    const made = requestOf(draft(form));
    assert.equal(made.field, field);
    assert.match(made.wrong, /^Write /);
  }
});

const set = (name, type, before, after) => ({ name, type, before: before && { ttl: before, records: [{ content: '192.0.2.1' }] }, after: after && { ttl: after, records: [{ content: '192.0.2.2' }] } });
const change = { id: 'c1', revision: 7, time: '2026-01-01T00:00:00Z', author: {}, zones: [{ kind: 'update', id: 'z', name: 'example.com', from: 1, to: 2, sets: [set('www.example.com.', 'A', 3600, 60), set('WWW.example.com.', 'AAAA', 300, 60), set('new.example.com.', 'CNAME', 0, 60)] }] };

test('caches hold what was before for its TTL; what is new they do not hold', () => {
  assert.deepEqual(lifetimes(change), [300, 3600]);
  for (const [seconds, over] of [[0, 0], [299, 0], [300, 1], [3599, 1], [3600, 2], [1e9, 2]]) assert.equal(past([300, 3600], seconds), over, String(seconds));
  assert.equal(past([], 5), 0);
});

test('each name is watched once, by a type that tells', () => {
  const names = changedNames(change);
  assert.deepEqual(names, [{ name: 'www.example.com', types: ['A', 'AAAA'] }, { name: 'new.example.com', types: ['CNAME'] }]);
  assert.deepEqual(names.map(typeToAsk), ['A', 'A']);
  assert.equal(typeToAsk({ name: 'x', types: ['CNAME', 'MX'] }), 'MX');
});

test('the clock', () => {
  for (const [s, text] of [[0, '0:00'], [5, '0:05'], [59.2, '1:00'], [61, '1:01'], [3600, '1:00:00'], [90061, '25:01:01'], [-4, '0:00']]) assert.equal(clock(s), text);
});

test('where a change is watched', () => {
  assert.equal(doneHref(change, { seconds: 3600, by: 'www.example.com. CNAME' }), '/move/done/c1?drain=3600&by=www.example.com.+CNAME');
  assert.equal(doneHref(change, { seconds: null }), '/move/done/c1');
});

test('titles', () => {
  assert.equal(planTitle({ kind: 'retarget', from: 'a.example.', to: 'b.example.' }), 'Move from a.example to b.example');
  assert.equal(planTitle({ kind: 'delete', name: 'a.example.' }), 'Delete a.example');
  assert.equal(titleOf({ ...change, reason: 'New server' }), 'New server');
  assert.equal(titleOf(change), 'example.com changed');
  assert.equal(titleOf({ ...change, zones: [...change.zones, ...change.zones] }), '2 zones changed');
  assert.equal(who({ ...change, author: { name: 'Ada', via: 'dashboard' } }), 'Ada');
  assert.equal(who({ ...change, author: { name: 'terraform', via: 'v1' } }), 'terraform, by v1');
  assert.equal(who(change), 'the server');
});

test('what a change takes away and writes', () => {
  assert.deepEqual(counts(change.zones), { added: 3, removed: 2 });
  assert.equal(counts([{ kind: 'update', id: 'z', name: 'x', from: 1, to: 2 }]), null, 'a change without its sets says nothing of them');
  const ttl = [{ name: 'a.', type: 'A', before: { ttl: 1, records: [{ content: 'x' }] }, after: { ttl: 2, records: [{ content: 'x' }, { content: 'y' }] } }];
  assert.deepEqual(counts([{ sets: ttl }]), { added: 2, removed: 1 }, 'another TTL is another record');
  assert.deepEqual(before(change), { revision: 6 });
});

test('a time as the field of a form has it', () => {
  assert.equal(localTime(new Date(2026, 0, 2, 3, 4, 5)), '2026-01-02T03:04:05');
});
