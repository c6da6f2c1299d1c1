import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fitFix, withAlias } from '../../src/lib/fixes.ts';
import { carried, commonTypes, parseContent, presets, writeContent } from '../../src/lib/forms.ts';
import { beyond, previewOf } from '../../src/lib/preview.ts';
import { patched } from '../../src/lib/patched.ts';
import { applyEdit, plainText, rebase, sameContent, sameSet, setKey, setOf, toEdits, withEdits } from '../../src/lib/rrsets.ts';
import { filtered, rowsOf, typesOf } from '../../src/pages/records/rows.ts';
import { blank, editsOf, renewed, typedOf, untouched } from '../../src/pages/records/typed.ts';

const record = (name, type, content, more = {}) => ({ id: '', name, type, content, ttl: 3600, priority: null, disabled: false, comment: null, ...more });
const set = (...contents) => ({ ttl: 3600, records: contents.map((content) => ({ content })) });
const contents = (s) => (s ? s.records.map((r) => r.content) : []);

test('contents of every type go through their forms unchanged', () => {
  for (const [type, content] of [
    ['A', '192.0.2.1'],
    ['AAAA', '2001:db8::1'],
    ['CNAME', 'host.example.net.'],
    ['ALIAS', 'host.example.net.'],
    ['MX', '10 mail.example.net.'],
    ['TXT', 'v=spf1 include:_spf.example.net  -all'],
    ['TXT', '  leading and trailing  '],
    ['NS', 'ns1.example.net.'],
    ['SRV', '10 5 5060 sip.example.net.'],
    ['CAA', '0 issue "letsencrypt.org; accounturi=https://a.example/1"'],
    ['HTTPS', '1 . alpn=h2,h3 ipv4hint=192.0.2.1'],
    ['HTTPS', '0 svc.example.net.'],
    ['SVCB', '1 svc.example.net. port=8443'],
    ['PTR', 'host.example.net.'],
    ['SOA', 'ns1.example.net. hostmaster.example.net. 7 7200 900 1209600 300'],
    ['DNAME', 'example.org.'],
    ['TLSA', '3 1 1 0123abcd'],
    ['TYPE65280', '\\# 1 00'],
  ]) {
    assert.equal(writeContent(type, parseContent(type, content)), content, type);
  }
});

test('a form that is not complete writes nothing', () => {
  for (const type of commonTypes) assert.equal(writeContent(type, presets(type)), '', type);
  assert.equal(writeContent('MX', { priority: '10', target: ' ' }), '');
  assert.equal(writeContent('HTTPS', { priority: '0', target: 'a.', params: '' }), '0 a.');
});

test('what was typed stays when the type changes', () => {
  assert.equal(carried('CNAME', 'ALIAS', { target: 'a.example' }).target, 'a.example');
  assert.deepEqual(carried('CNAME', 'MX', { target: 'a.example' }), { priority: '10', target: 'a.example' });
  assert.deepEqual(carried('A', 'AAAA', { address: '2001:db8::1' }), { address: '2001:db8::1' });
});

test('TXT in either of its forms is the same', () => {
  assert.equal(plainText('"v=spf1" " -all"'), 'v=spf1 -all');
  assert.equal(plainText('"a\\"b\\065"'), 'a"bA');
  assert.equal(plainText('no "quotes" around'), 'no "quotes" around');
  assert.ok(sameContent('TXT', '"a b"', 'a b'));
  assert.ok(sameContent('MX', '10  Mail.example.net', '10 mail.example.net.'));
  assert.ok(!sameContent('TXT', 'A', 'a'));
});

test('edits do to a set what they do at the server', () => {
  for (const [situation, before, edit, after] of [
    ['the first record', undefined, { op: 'add', contents: ['a'] }, ['a']],
    ['one more', set('a'), { op: 'add', contents: ['b'] }, ['a', 'b']],
    ['one that is there', set('a'), { op: 'add', contents: ['A.'] }, ['A.']],
    ['one of two goes', set('a', 'b'), { op: 'remove', contents: ['a'] }, ['b']],
    ['the last goes', set('a'), { op: 'remove', contents: ['a'] }, []],
    ['all go', set('a', 'b'), { op: 'remove' }, []],
    ['exactly these', set('a', 'b'), { op: 'put', contents: ['c'] }, ['c']],
    ['none is there', undefined, { op: 'remove', contents: ['a'] }, []],
  ]) {
    assert.deepEqual(contents(applyEdit(before, { name: 'www', type: 'CNAME', ...edit })), after, situation);
  }
  assert.equal(applyEdit(set('a'), { op: 'add', name: 'w', type: 'A', ttl: 60, contents: ['b'] }).ttl, 60);
});

test('a draft becomes whole sets, and nothing for what is as it was', () => {
  const base = (name, type) => (setKey(name, type) === 'www.example.com. A' ? set('192.0.2.1') : undefined);
  const after = (...edits) => toEdits(withEdits(new Map(), edits, 'example.com', base));
  assert.deepEqual(after({ op: 'add', name: 'www', type: 'A', contents: ['192.0.2.2'] })[0].records.map((r) => r.content), ['192.0.2.1', '192.0.2.2']);
  assert.deepEqual(after({ op: 'remove', name: 'www', type: 'A' }), [{ op: 'remove', name: 'www.example.com.', type: 'A' }]);
  assert.deepEqual(after({ op: 'add', name: 'x', type: 'A', contents: ['192.0.2.9'] }, { op: 'remove', name: 'x.example.com', type: 'A' }), []);
  const alias = after({ op: 'add', name: '@', type: 'ALIAS', records: [{ content: 'a.', settings: { on_failure: 'nodata' } }] })[0];
  assert.deepEqual(alias.records[0].settings, { on_failure: 'nodata' });
});

test('two people: what goes together is put together, what does not is asked about', () => {
  const draft = (before, after, type = 'A') => new Map([[`www. ${type}`, { name: 'www.', type, before, after }]]);
  const over = (d, now) => rebase(d, () => now);
  const plain = over(draft(set('1'), set('1', '2')), set('1'));
  assert.deepEqual([plain.moved.length, plain.clash.length], [0, 0], 'the others were elsewhere');
  const both = over(draft(set('1'), set('1', '2')), set('1', '3'));
  assert.deepEqual(contents(both.moved[0].after), ['1', '3', '2'], 'both added');
  assert.deepEqual(contents(both.moved[0].before), ['1', '3']);
  const fought = over(draft(set('1'), set('2')), set('9'));
  assert.equal(fought.clash.length, 1, 'both changed one record');
  assert.deepEqual(contents(fought.clash[0].before), ['9']);
  const cname = over(draft(set('a.'), set('b.'), 'CNAME'), set('c.'));
  assert.equal(cname.clash.length, 1, 'a CNAME has one target');
  const same = over(draft(set('1'), set('2')), set('2'));
  assert.deepEqual([same.sets.size, same.moved.length, same.clash.length], [0, 0, 0], 'both did the same');
  const noted = (content, comment) => ({ ttl: 300, records: [{ content, comment }] });
  const note = over(draft(noted('1', 'old'), noted('2', 'old')), noted('1', 'theirs'));
  assert.deepEqual(note.moved[0].after.records, [{ content: '2', comment: 'theirs' }], 'a comment that was not touched');
  const gone = over(draft(set('1', '2'), set('2')), undefined);
  assert.equal(gone.clash.length, 1, 'the set is gone');
});

test('a change is laid over the list in the order of the server', () => {
  const list = [
    record('example.com.', 'SOA', 's'),
    record('example.com.', 'A', '192.0.2.1'),
    record('example.com.', 'NS', 'ns1.'),
    record('a.example.com.', 'A', '192.0.2.2'),
    record('c.example.com.', 'A', '192.0.2.3'),
  ];
  const names = (diff) => patched(list, diff).map((r) => `${r.name} ${r.type}`);
  assert.deepEqual(names([{ name: 'b.example.com.', type: 'A', after: set('192.0.2.9') }]).slice(3), ['a.example.com. A', 'b.example.com. A', 'c.example.com. A']);
  assert.deepEqual(names([{ name: 'example.com.', type: 'MX', after: set('10 m.') }]).slice(0, 4), ['example.com. SOA', 'example.com. A', 'example.com. NS', 'example.com. MX']);
  assert.deepEqual(names([{ name: 'a.example.com.', type: 'A', before: set('192.0.2.2') }]).length, 4);
  assert.equal(names([{ name: 'z.y.example.com.', type: 'A', after: set('192.0.2.9', '192.0.2.8') }]).length, 7);
  assert.deepEqual(contents(setOf(list, 'A.example.com.', 'A')), ['192.0.2.2']);
});

test('rows show what the draft does', () => {
  const list = [record('a.', 'A', '1'), record('a.', 'A', '2'), record('b.', 'TXT', 'hello World', { comment: 'Greeting' })];
  const sets = new Map([
    ['a. A', { name: 'a.', type: 'A', before: set('1', '2'), after: set('2', '3') }],
    ['n. A', { name: 'n.', type: 'A', before: undefined, after: set('4') }],
  ]);
  assert.deepEqual(rowsOf(list, sets).map((r) => [r.name, r.content, r.state]), [
    ['n.', '4', 'added'],
    ['a.', '1', 'removed'],
    ['a.', '2', undefined],
    ['a.', '3', 'added'],
    ['b.', 'hello World', undefined],
  ]);
  assert.equal(rowsOf(list, new Map()), list, 'without a draft the list itself');
  assert.deepEqual(filtered(list, 'world greet', '').map((r) => r.name), ['b.']);
  assert.deepEqual(filtered(list, '', 'A').length, 2);
  assert.deepEqual(filtered(list, 'b', 'A').length, 0);
  assert.deepEqual(typesOf(list), [['A', 2], ['TXT', 1]]);
});

test('what the form does', () => {
  const typed = { ...blank('CNAME'), name: 'www', values: { target: 'main.example.net' }, ttl: '1h' };
  assert.deepEqual(editsOf(typed, 'example.com'), [
    { op: 'add', name: 'www.example.com.', type: 'CNAME', ttl: 3600, records: [{ content: 'main.example.net', disabled: false, comment: '', settings: {} }] },
  ]);
  assert.equal(editsOf({ ...typed, name: ' ' }, 'example.com'), null, 'a name is missing');
  assert.equal(editsOf({ ...typed, ttl: 'soon' }, 'example.com'), null, 'that is no TTL');
  assert.equal(editsOf({ ...typed, values: { target: '' } }, 'example.com'), null, 'a target is missing');
  const old = record('www.example.com.', 'A', '192.0.2.1', { ttl: 60, comment: 'c' });
  const same = typedOf(old, 'example.com');
  assert.deepEqual([same.name, same.ttl, same.comment, same.values.address], ['www', '60', 'c', '192.0.2.1']);
  assert.deepEqual(editsOf(same, 'example.com', old)[0], { op: 'remove', name: 'www.example.com.', type: 'A', contents: ['192.0.2.1'] });
  const base = { ttl: 60, records: [{ content: '192.0.2.1', comment: 'c' }] };
  const after = withEdits(new Map(), editsOf(same, 'example.com', old), 'example.com', () => base).get('www.example.com. A').after;
  assert.ok(sameSet(base, after), 'an edit that changes nothing is none');
});

test('fixes in the words of the form', () => {
  const own = { zone: 'example.com', name: 'www.example.com.', type: 'CNAME', content: 'a.example.com' };
  const finding = (code) => ({ severity: 'error', code, message: '', conflicts: [], fixes: [] });
  const remove = (type, ...contents) => ({ op: 'remove', name: 'www.example.com.', type, contents });
  const add = (type, ...contents) => ({ op: 'add', name: 'www.example.com.', type, ttl: 3600, contents });
  const fit = (code, ...edits) => fitFix({ title: 'do it', zones: [{ zone: 'example.com.', edits }] }, finding(code), own);
  assert.deepEqual(fit('cname-and-other-data', remove('CNAME', 'a.example.com.'), add('ALIAS', 'a.example.com.')), {
    kind: 'form',
    title: 'Use ALIAS instead',
    type: 'ALIAS',
    content: 'a.example.com.',
    also: [],
  });
  const apart = fit('cname-and-other-data', remove('CNAME', 'a.example.com.'), remove('A', '192.0.2.1'), add('ALIAS', 'a.example.com.'));
  assert.deepEqual([apart.kind, apart.title, apart.type, apart.also], ['form', 'Use ALIAS instead', 'ALIAS', [remove('A', '192.0.2.1')]], 'what stands in its way goes with it');
  const host = { op: 'add', name: 'mail.example.com.', type: 'A', contents: ['192.0.2.1'] };
  const named = fit('address-as-target', remove('CNAME', 'a.example.com.'), add('CNAME', 'mail.example.com.'), host);
  assert.deepEqual([named.kind, named.title, named.content, named.also], ['form', 'Do it', 'mail.example.com.', [host]]);
  assert.equal(fit('alias-chain', remove('CNAME', 'a.example.com.'), add('CNAME', 'b.example.com.')).title, 'Point directly at b.example.com');
  assert.equal(fit('url-as-target', remove('CNAME', 'a.example.com.'), add('CNAME', 'b.')).title, 'Write b instead');
  assert.equal(fit('cname-and-other-data', remove('CNAME', 'a.example.com.')).kind, 'self');
  assert.equal(fit('cname-and-other-data', remove('A', '192.0.2.1')).title, 'Replace the A record');
  assert.equal(fit('cname-and-other-data', remove('A', '192.0.2.1', '192.0.2.2')).title, 'Replace the A records');
  const far = fitFix({ title: 'do it', zones: [{ zone: 'example.org.', edits: [remove('A')] }] }, finding('x'), own);
  assert.deepEqual([far.kind, far.title, far.others.length], ['also', 'Do it', 1]);
  const offered = withAlias(finding('cname-and-other-data'), own);
  assert.equal(fitFix(offered.fixes[0], offered, own).title, 'Use ALIAS instead');
  assert.equal(withAlias(offered, own).fixes.length, 1, 'not offered twice');
  assert.equal(withAlias(finding('cname-and-other-data'), { ...own, type: 'A' }).fixes.length, 0);
});

test('what resolvers will see', () => {
  const zone = {
    'www.example.com. CNAME': set('main.example.com'),
    'main.example.com. A': { ttl: 60, records: [{ content: '192.0.2.1' }, { content: '192.0.2.2', disabled: true }] },
    'out.example.com. CNAME': set('far.example.net.'),
    'example.com. ALIAS': set('www.example.com.'),
    'x.example.com. ALIAS': set('far.example.net.'),
    'x.example.com. A': set('192.0.2.7'),
    'a.example.com. CNAME': set('b.example.com.'),
    'b.example.com. CNAME': set('a.example.com.'),
    'off.example.com. A': { ttl: 60, records: [{ content: '192.0.2.1', disabled: true }] },
    'none.example.com. CNAME': set('nothing.example.com.'),
  };
  const see = (name, type) => previewOf(name, type, (n, t) => zone[setKey(n, t)], { apex: 'example.com.', defaultTTL: 3600 });
  const text = (p) => p.lines.map((l) => `${l.name} ${l.ttl} ${l.type} ${l.content}`);
  assert.deepEqual(text(see('main.example.com.', 'A')), ['main.example.com. 60 A 192.0.2.1']);
  assert.deepEqual(text(see('www.example.com.', 'CNAME')), ['www.example.com. 3600 CNAME main.example.com.', 'main.example.com. 60 A 192.0.2.1']);
  assert.deepEqual(text(see('example.com.', 'ALIAS')), ['example.com. 60 A 192.0.2.1'], 'the least TTL, under its own name');
  assert.match(see('a.example.com.', 'CNAME').note, /circle/);
  assert.match(see('off.example.com.', 'A').note, /disabled/);
  assert.match(see('none.example.com.', 'CNAME').note, /no addresses/);
  const far = [{ type: 'A', rcode: 'NOERROR', ttl: 30, why: '', records: [{ name: 'far.example.net.', ttl: 30, type: 'A', content: '198.51.100.1' }] }];
  const out = see('out.example.com.', 'CNAME');
  assert.equal(out.follow.target, 'far.example.net.');
  assert.deepEqual(text(beyond(out, far)), ['out.example.com. 3600 CNAME far.example.net.', 'far.example.net. 30 A 198.51.100.1']);
  const six = [{ ...far[0], type: 'AAAA', records: [{ name: 'far.example.net.', ttl: 30, type: 'AAAA', content: '2001:db8::1' }] }];
  assert.deepEqual(text(beyond(see('x.example.com.', 'ALIAS'), [...far, ...six])), ['x.example.com. 3600 A 192.0.2.7', 'x.example.com. 30 AAAA 2001:db8::1']);
  assert.equal(beyond(out, [{ type: 'A', rcode: 'NXDOMAIN', ttl: null, why: 'there is no such name', records: [] }]).note, 'there is no such name');
});

test('nothing that the page does not know of is overwritten', () => {
  const none = () => undefined;
  const [made] = toEdits(withEdits(new Map(), [{ op: 'add', name: 'x', type: 'A', contents: ['192.0.2.9'] }], 'example.com', none));
  assert.deepEqual(made, { op: 'add', name: 'x.example.com.', type: 'A', records: [{ content: '192.0.2.9', disabled: false, comment: '' }] }, 'it joins what may be there');
  const base = () => ({ ttl: 0, records: [{ content: '192.0.2.1' }] });
  const edit = (e) => toEdits(withEdits(new Map(), [{ name: 'x', type: 'A', ...e }], 'example.com', base))[0];
  assert.equal('ttl' in edit({ op: 'add', contents: ['192.0.2.9'] }), false, 'a TTL that nobody changed stays, were it 0');
  assert.equal(edit({ op: 'add', ttl: 60, contents: ['192.0.2.9'] }).ttl, 60);
  assert.equal(edit({ op: 'put', ttl: 0, contents: ['192.0.2.1'] }).ttl, 0, 'the default of the zone');
  const old = record('x.example.com.', 'A', '192.0.2.1', { ttl: 0 });
  assert.equal(editsOf({ ...typedOf(old, 'example.com'), comment: 'new' }, 'example.com', old)[1].ttl, undefined);
});

test('what is typed is carried over to a record that others have changed', () => {
  const zone = 'example.com';
  const base = record('dup.example.com.', 'A', '192.0.2.6', { ttl: 600, comment: 'orig' });
  const theirs = { ...base, ttl: 60, comment: 'by B' };
  const typed = { ...typedOf(base, zone), values: { address: '192.0.2.7' } };
  const r = renewed(typed, base, theirs, zone);
  assert.deepEqual([r.typed.ttl, r.typed.comment, r.typed.values.address], ['60', 'by B', '192.0.2.7'], 'what was not touched is theirs');
  assert.deepEqual([r.taken, r.clashes], [['TTL', 'comment'], []]);
  const fought = renewed({ ...typed, ttl: '5m' }, base, theirs, zone);
  assert.deepEqual([fought.typed.ttl, fought.taken, fought.clashes.map((c) => [c.label, c.theirs])], ['5m', ['comment'], [['TTL', '60']]]);
  assert.equal(fought.clashes[0].take(fought.typed).ttl, '60');
  const both = renewed({ ...typed, comment: 'by B' }, base, theirs, zone);
  assert.deepEqual([both.taken, both.clashes], [['TTL'], []], 'both wanted the same');
  const moved = renewed(typedOf(base, zone), base, { ...base, content: '192.0.2.8' }, zone);
  assert.deepEqual([moved.taken, moved.typed.values.address], [['value'], '192.0.2.8']);
  assert.equal(untouched(typed, base, zone), false);
  assert.equal(untouched(typedOf(base, zone), base, zone), true);
});
