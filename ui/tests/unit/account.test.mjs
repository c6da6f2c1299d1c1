import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isLastOwner, isOver, nameOf, parted, tokensLeft } from '../../src/pages/account/members.ts';
import { accountOf, keysPath } from '../../src/pages/account/place.ts';
import { aRole } from '../../src/pages/account/roles.ts';
import { blank, curlOf, dayOf, endOf, isStrong, limitsOf, list, requestOf, scopes, scopesOf, titleOf, usual } from '../../src/pages/account/token.ts';
import { changesOf, count, found, isSpelt, newcomer } from '../../src/pages/accounts/accounts.ts';

const noon = Date.parse('2026-05-05T12:00:00Z');
const member = (id, role, state = 'active', more = {}) => ({ id, role, state, name: id, email: `${id}@example.net`, passkeys: 0, created_at: '2026-05-01T10:00:00.5Z', ...more });
const token = (id, created_at, expires_at = null) => ({ id, name: id, scopes: '["*"]', created_at, expires_at });

test('who has joined, and who is only invited', () => {
  const all = [member('ada', 'owner'), member('bob', 'editor', 'invited'), member('eve', 'viewer')];
  const { joined, invited } = parted(all);
  assert.deepEqual([joined.map((m) => m.id), invited.map((m) => m.id)], [['ada', 'eve'], ['bob']]);
  assert.equal(nameOf(member('x', 'viewer', 'active', { name: '' })), 'x@example.net');
});

test('the last owner is the only one who has joined', () => {
  const [ada, bob, olga] = [member('ada', 'owner'), member('bob', 'editor'), member('olga', 'owner', 'invited')];
  assert.equal(isLastOwner([ada, bob], ada), true);
  assert.equal(isLastOwner([ada, bob], bob), false);
  assert.equal(isLastOwner([ada, olga], ada), true, 'an owner who is only invited cannot sign in');
  assert.equal(isLastOwner([ada, olga], olga), false);
  assert.equal(isLastOwner([ada, member('olga', 'owner')], ada), false);
});

test('tokens that can be those of an owner who goes', () => {
  const before = token('before', '2026-05-01T09:59:59Z');
  const sameSecond = token('same second', '2026-05-01T10:00:00Z');
  const later = token('later', '2026-05-02T10:00:00Z', '2026-05-06T00:00:00Z');
  const ended = token('ended', '2026-05-02T10:00:00Z', '2026-05-05T11:59:59Z');
  const all = [before, sameSecond, later, ended];
  const left = (m) => tokensLeft(m, all, noon).map((t) => t.id);
  assert.deepEqual(left(member('olga', 'owner')), ['same second', 'later']);
  assert.deepEqual(left(member('bob', 'editor')), [], 'editors make no tokens');
  assert.deepEqual(left(member('olga', 'owner', 'invited')), [], 'nor does who never signed in');
});

test('what is over', () => {
  assert.equal(isOver('2026-05-05T12:00:00Z', noon), true);
  assert.equal(isOver('2026-05-05T12:00:01Z', noon), false);
  assert.equal(isOver(null, noon), false);
  assert.equal(isOver(undefined, noon), false);
});

test('roles with their articles', () => {
  assert.deepEqual(['owner', 'editor', 'viewer'].map(aRole), ['an owner', 'an editor', 'a viewer']);
});

test('whose members and tokens are asked for', () => {
  const own = { id: '1', name: 'Ours', own: true };
  const other = { id: '2', name: 'Theirs', own: false };
  assert.deepEqual([accountOf(own), keysPath(own), keysPath(own, 't')], [undefined, '/users/me/apikeys', '/users/me/apikeys/t']);
  assert.deepEqual([accountOf(other), keysPath(other), keysPath(other, 't')], ['2', '/users/2/apikeys', '/users/2/apikeys/t']);
});

test('a token is asked for as it was described', () => {
  assert.deepEqual(requestOf({ ...blank, name: ' ci ' }, noon), { name: 'ci', scopes: ['zones:read', 'records:read', 'records:write'] });
  const narrow = { ...blank, name: 'x', days: '7', zones: 'a.example, b.example', types: 'txt a', owners: '_acme-challenge.**', targets: 'a.example;b.example', networks: '192.0.2.0/24' };
  assert.deepEqual(requestOf(narrow, noon), {
    name: 'x', scopes: blank.scopes, expires_at: '2026-05-12T12:00:00.000Z', zones: ['a.example', 'b.example'], owners: ['_acme-challenge.**'],
    types: ['TXT', 'A'], targets: ['a.example', 'b.example'], networks: ['192.0.2.0/24'],
  });
  assert.deepEqual(list(' a, b;c\n'), ['a', 'b', 'c']);
});

test('when a token ends', () => {
  assert.equal(endOf({ days: '', date: '2026-06-01' }, noon), null, 'a day that was chosen before does not count');
  assert.equal(endOf({ days: '30', date: '' }, noon).toISOString(), '2026-06-04T12:00:00.000Z');
  assert.equal(endOf({ days: 'date', date: '' }, noon), null);
  const last = endOf({ days: 'date', date: '2026-06-01' }, noon);
  assert.deepEqual([last.getFullYear(), last.getMonth(), last.getDate(), last.getHours(), last.getMinutes()], [2026, 5, 1, 23, 59], 'the whole day, where the user is');
  assert.equal(dayOf(last.getTime()), '2026-06-01');
});

test('scopes in words', () => {
  for (const [, list] of usual) for (const s of list) assert.ok(s === '*' || scopes.some(([known]) => known === s), s);
  for (const [scope, title, allows] of scopes) assert.ok(title && allows.endsWith('.'), scope);
  assert.equal(titleOf('records:write'), 'change records');
  assert.equal(titleOf('*'), 'everything');
  assert.equal(titleOf('zones:*'), 'zones:*', 'what has no words is shown as it is');
  assert.deepEqual(['*', 'zones:*', 'zones:write', 'zones:read'].map(isStrong), [true, true, true, false]);
  assert.deepEqual(scopesOf({ scopes: '["a","b"]' }), ['a', 'b']);
  assert.deepEqual(scopesOf({ scopes: 'nonsense' }), []);
  assert.deepEqual(limitsOf({ ...token('x', ''), zones: ['a.example.'], types: ['A', 'TXT'] }), ['in a.example.', 'types A, TXT']);
  assert.equal(curlOf('https://dns.example'), 'curl -H "Authorization: Bearer $TOKEN" https://dns.example/v1/zones');
  assert.match(curlOf('', ['usage:read']), /\/v1\/usage$/);
  assert.match(curlOf('', ['records:write', 'zones:read']), /\/v1\/zones$/);
});

test('accounts are found by any of their words', () => {
  const all = [{ id: '1', full_name: 'Bakery North', email: '' }, { id: '2', full_name: 'Florist', email: 'Info@North.example' }];
  const ids = (text) => found(all, text).map((a) => a.id);
  assert.deepEqual(ids(''), ['1', '2']);
  assert.deepEqual(ids('north'), ['1', '2']);
  assert.deepEqual(ids('NORTH bak'), ['1']);
  assert.deepEqual(ids('butcher'), []);
});

test('an account whose answer was lost is found again', () => {
  const old = { id: '1', full_name: 'Bakery' };
  const made = { id: '2', full_name: 'Bakery' };
  assert.equal(newcomer([old], [old], 'Bakery'), undefined, 'one of that name that was there is another');
  assert.equal(newcomer([old], [old, made], 'Bakery'), made);
  assert.equal(newcomer([], [made], 'Florist'), undefined);
});

test('the zones of an account that goes', () => {
  const zones = Array.from({ length: 1001 }, (_, i) => ({ id: `z${i}`, serial: i + 1 }));
  const given = changesOf(zones, 'heir');
  assert.deepEqual(given.map((c) => c.length), [1000, 1]);
  assert.deepEqual(given[1][0], { zone: 'z1000', if_match: 1001, props: { account: 'heir' } });
  assert.deepEqual(changesOf(zones.slice(0, 1), null), [[{ zone: 'z0', if_match: 1, delete: true }]]);
  assert.deepEqual(changesOf([], null), []);
});

test('what is typed to confirm', () => {
  assert.equal(isSpelt('Bakery ', 'Bakery'), true);
  assert.equal(isSpelt('bakery', 'Bakery'), false);
  assert.equal(isSpelt('', ''), false);
  assert.deepEqual([count(1, 'zone'), count(0, 'zone'), count(1200, 'zone')], ['1 zone', '0 zones', '1,200 zones']);
});
