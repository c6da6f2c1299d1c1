import assert from 'node:assert/strict';
import { test } from 'node:test';
import { passes, sieveOf } from '../../src/pages/history/sieve.ts';

const change = (more = {}) => ({
  id: 'c', revision: 7, time: '', author: { name: 'Ada Owner', via: 'dashboard', address: '192.0.2.1' },
  zones: [{ kind: 'update', name: 'example.com.', sets: [{ name: 'www.example.com.', type: 'A' }, { name: 'example.com.', type: 'MX' }] }],
  ...more,
});
const any = { zone: '', author: '', name: '', kind: '' };

test('what of the log is wanted', () => {
  for (const [what, sieve, want, of = change()] of [
    ['all', {}, true],
    ['a part of the name of the author', { author: ' ada ' }, true],
    ['another author', { author: 'bob' }, false],
    ['the way it came in', { author: 'dashboard' }, true],
    ['the server itself', { author: 'the server' }, true, change({ author: {} })],
    ['a name as in its zone', { name: 'WWW' }, true],
    ['a whole name', { name: 'www.example.com' }, true],
    ['the apex', { name: '@' }, true],
    ['another name', { name: 'ww' }, false],
    ['a name of another zone', { name: 'www.example.org' }, false],
    ['records', { kind: 'records' }, true],
    ['not a new zone', { kind: 'create' }, false],
    ['a new zone', { kind: 'create' }, true, change({ zones: [{ kind: 'create', name: 'a.' }, { kind: 'update', name: 'b.' }] })],
    ['a change that takes one back', { kind: 'undo' }, true, change({ reverts: 3 })],
    ['one that does not', { kind: 'undo' }, false],
    ['both', { kind: 'records', author: 'bob' }, false],
  ]) {
    assert.equal(passes(of, { ...any, ...sieve }), want, what);
  }
});

test('the address says what is wanted', () => {
  assert.deepEqual(sieveOf(new URLSearchParams('author=ada&name=www&kind=undo&zone=b.example'), ''), { zone: 'b.example', author: 'ada', name: 'www', kind: 'undo' });
  assert.deepEqual(sieveOf(new URLSearchParams('kind=nonsense&zone=b.example'), 'a.example'), { zone: 'a.example', author: '', name: '', kind: '' });
});
