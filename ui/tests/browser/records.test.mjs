import assert from 'node:assert/strict';
import { test } from 'node:test';
import { missing, person, Tab } from '../lib/browser.mjs';
import { Truename } from '../lib/truename.mjs';

// begin is a server with the zone example.com, and an owner who has signed in.
async function begin(t, options) {
  const server = await Truename.start(t);
  const tab = await Tab.open(t, server, options);
  await server.api('POST', '/zones', { name: 'example.com' });
  await server.change('example.com', { op: 'put', name: '@', type: 'A', contents: ['192.0.2.1'] }, { op: 'put', name: 'host', type: 'A', contents: ['192.0.2.2'] });
  await tab.setUp();
  await tab.go('/zones/example.com/records');
  await tab.row('host', 'A').waitFor();
  return { server, tab, page: tab.page };
}

test('every type has its form', { skip: missing }, async (t) => {
  const { server, tab, page } = await begin(t);
  for (const [type, name, values, content] of [
    ['A', 'a', { address: '192.0.2.3' }, '192.0.2.3'],
    ['AAAA', 'aaaa', { address: '2001:DB8::1' }, '2001:db8::1'],
    ['CNAME', 'cname', { target: 'host.example.com' }, 'host.example.com.'],
    ['ALIAS', 'alias', { target: 'host.example.com' }, 'host.example.com.'],
    ['MX', 'mx', { priority: '20', target: 'host.example.com' }, '20 host.example.com.'],
    ['TXT', 'txt', { text: 'v=spf1 "quoted" -all' }, 'v=spf1 "quoted" -all'],
    ['SRV', '_sip._tcp', { priority: '1', weight: '2', port: '5060', target: 'host.example.com' }, '1 2 5060 host.example.com.'],
    ['CAA', 'caa', { flags: '0', tag: 'issue', value: 'ca.example.net' }, '0 issue "ca.example.net"'],
    ['NS', 'sub', { target: 'ns1.example.org' }, 'ns1.example.org.'],
    ['HTTPS', 'https', { priority: '1', target: '.', params: 'alpn=h2' }, '1 . alpn=h2'],
    ['SVCB', '_dns', { priority: '1', target: 'host.example.com', params: 'port=853 alpn=dot' }, '1 host.example.com. alpn=dot port=853'],
    ['PTR', 'ptr', { target: 'host.example.com' }, 'host.example.com.'],
    ['TLSA', '_443._tcp.host', { content: '3 1 1 ' + '0a'.repeat(32) }, '3 1 1 ' + '0a'.repeat(32)],
  ]) {
    await tab.form(name, type, values);
    await tab.button('Create Record').click();
    await tab.row(name, type).waitFor();
    const got = await server.contents('example.com', name, type);
    assert.deepEqual(got.map((c) => c.toLowerCase().replaceAll('"', '')), [content.replaceAll('"', '')], type);
  }
  await page.reload();
  await tab.row('txt', 'TXT').waitFor();
  tab.clean();
});

test('settings, comment and disabled', { skip: missing }, async (t) => {
  const { server, tab, page } = await begin(t);
  const card = await tab.form('shop', 'ALIAS', { target: 'host.example.com' });
  await card.getByText('Comment, disabled').click();
  await card.getByLabel('Comment').fill('for the shop');
  await card.getByLabel('When the target cannot be resolved').selectOption('fallback');
  await card.getByText(/give fallback one address/).waitFor();
  await card.getByLabel('Addresses').fill('192.0.2.7, 2001:db8::7');
  await tab.accessible('settings of an ALIAS');
  await tab.button('Create Record').click();
  await tab.row('shop', 'ALIAS').waitFor();
  const { records } = await server.api('GET', '/zones/example.com/records?name=shop');
  assert.deepEqual(records[0].settings, { on_failure: 'fallback', fallback: ['192.0.2.7', '2001:db8::7'] });
  assert.equal(records[0].comment, 'for the shop');

  await page.getByRole('button', { name: /^Edit host A/ }).click();
  const open = page.locator('[data-open]');
  await open.locator('[name=address]').fill('192.0.2.99');
  await open.getByText('Comment, disabled').click();
  await open.getByLabel('Disabled').check();
  await open.getByText('Nothing: the record is disabled.').waitFor();
  await tab.accessible('a record that is edited');
  await tab.button('Save').click();
  await tab.row('host', 'A').getByText('disabled').waitFor();
  const after = await server.api('GET', '/zones/example.com/records?name=host');
  assert.deepEqual(after.records.map((r) => [r.content, r.disabled]), [['192.0.2.99', true]]);
  tab.clean();
});

test('a filter, and a record deleted and brought back', { skip: missing }, async (t) => {
  const { server, tab, page } = await begin(t);
  await page.getByLabel('Filter by name, value or comment').fill('192.0.2.2');
  await tab.see('1 of 5 records');
  assert.match(page.url(), /q=192\.0\.2\.2/);
  await page.reload();
  await tab.see('1 of 5 records');
  await page.getByRole('button', { name: /^Edit host A/ }).click();
  await tab.button('Delete record').click();
  await tab.see('No record matches');
  assert.deepEqual(await server.contents('example.com', 'host', 'A'), []);
  await tab.button('Undo').last().click();
  await tab.row('host', 'A').waitFor();
  await page.getByLabel('Filter by name, value or comment').fill('');
  await page.getByLabel('Type').last().selectOption('NS');
  await tab.see('2 of 5 records');
  tab.clean();
});

test('what is typed and gathered survives a reload', { skip: missing }, async (t) => {
  const { server, tab, page } = await begin(t);
  await tab.form('one', 'A', { address: '192.0.2.11' });
  await tab.button('Add to a change').click();
  await tab.see('1 edit gathered.');
  await tab.form('two', 'TXT', { text: 'half a sen' });
  await page.reload();
  await tab.see('1 edit gathered.');
  assert.equal(await page.locator('[name=text]').inputValue(), 'half a sen');
  await tab.row('one', 'A').getByText('will be added').waitFor();
  await page.getByRole('button', { name: 'Take one A out of the change' }).click();
  await page.getByText('1 edit gathered.').waitFor({ state: 'detached' });
  assert.deepEqual(await server.contents('example.com', 'one', 'A'), []);
  tab.clean();
});

test('two people: both are told, neither overwrites the other', { skip: missing }, async (t) => {
  const { server, tab, page } = await begin(t);

  // Both add to one set: it holds what both wanted.
  await tab.form('host', 'A', { address: '192.0.2.20' });
  await tab.button('Add to a change').click();
  await server.change('example.com', { op: 'add', name: 'host', type: 'A', contents: ['192.0.2.30'] });
  await tab.button('Review and apply').click();
  await tab.see('admin changed example.com while you were at it');
  await tab.button('Apply the change').click();
  await tab.see('Written:');
  assert.deepEqual(await server.contents('example.com', 'host', 'A'), ['192.0.2.2', '192.0.2.20', '192.0.2.30']);

  // Both change one record: somebody must choose.
  await page.getByRole('button', { name: 'Edit @ A 192.0.2.1' }).click();
  await page.locator('[data-open] [name=address]').fill('192.0.2.41');
  await page.locator('[data-open]').getByRole('button', { name: 'Add to a change' }).click();
  await server.change('example.com', { op: 'put', name: '@', type: 'A', contents: ['192.0.2.42'] });
  await tab.button('Review and apply').click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('example.com. A was changed by admin too').waitFor();
  await dialog.getByText('192.0.2.42').waitFor();
  await tab.accessible('a clash');
  await tab.button('Use mine').click();
  await tab.button('Apply the change').click();
  await dialog.waitFor({ state: 'hidden' }); // it closes when that is written
  assert.deepEqual(await server.contents('example.com', '@', 'A'), ['192.0.2.41']);

  // Elsewhere in the zone: it is simply written.
  await server.change('example.com', { op: 'put', name: 'other', type: 'A', contents: ['192.0.2.50'] });
  await tab.form('mine', 'A', { address: '192.0.2.51' });
  await tab.button('Create Record').click();
  await tab.row('mine', 'A').waitFor();
  await tab.row('other', 'A').waitFor();
  tab.clean();
});

test('the server restarts under the page', { skip: missing }, async (t) => {
  const { server, tab, page } = await begin(t);
  await tab.form('late', 'A', { address: '192.0.2.60' });
  await tab.see('The rules have nothing against it.');
  await server.stop();
  await tab.button('Create Record').click();
  await tab.see('The server does not answer.');
  await tab.accessible('the banner');
  await server.run();
  await tab.see('Written:');
  await page.getByText('The server does not answer.').waitFor({ state: 'detached' });
  assert.deepEqual(await server.contents('example.com', 'late', 'A'), ['192.0.2.60']);
  const { changes } = await server.api('GET', '/changes?zone=example.com');
  assert.equal(changes.length, 3, 'it was done once');
  tab.clean();
});

test('the session ends under the page', { skip: missing }, async (t) => {
  const { server, tab, page } = await begin(t);
  await tab.form('kept', 'A', { address: '192.0.2.70' });
  await tab.see('The rules have nothing against it.');
  await page.context().clearCookies();
  await tab.button('Create Record').click();
  const dialog = page.getByRole('dialog', { name: 'Sign in again' });
  await dialog.waitFor();
  await tab.accessible('signing in again');
  assert.equal(await dialog.getByLabel('E-mail address').inputValue(), person.email);
  await dialog.getByLabel('Password').fill('not this one at all');
  await dialog.getByRole('button', { name: 'Sign in', exact: true }).click();
  await dialog.getByRole('alert').waitFor();
  await dialog.getByLabel('Password').fill(person.password);
  await dialog.getByRole('button', { name: 'Sign in', exact: true }).click();
  await tab.row('kept', 'A').waitFor();
  assert.deepEqual(await server.contents('example.com', 'kept', 'A'), ['192.0.2.70']);
  tab.clean();
});

test('the timers of the zone, and a search over all zones', { skip: missing }, async (t) => {
  const { server, tab, page } = await begin(t);
  await page.getByRole('button', { name: /^Edit @ SOA/ }).click();
  await page.locator('[data-open] [name=minimum]').fill('60');
  await tab.button('Save').click();
  await page.locator('[data-open]').waitFor({ state: 'detached' });
  const [soa] = await server.contents('example.com', '@', 'SOA');
  assert.match(soa, / 7200 900 1209600 60$/);
  await page.locator('[data-row]').getByText(soa, { exact: true }).waitFor();
  await server.api('POST', '/zones', { name: 'example.org' });
  await server.change('example.org', { op: 'put', name: 'www', type: 'CNAME', contents: ['host.example.com'] });
  await tab.go('/zones');
  await page.getByLabel('Search zones and records').fill('host.example');
  const hits = page.getByRole('region', { name: 'Records that match' });
  await hits.getByText('host.example.com.', { exact: true }).waitFor();
  await tab.accessible('a search');
  await hits.getByRole('link', { name: 'www.example.org' }).click();
  await tab.row('www', 'CNAME').waitFor();
  assert.equal(await page.getByLabel('Filter by name, value or comment').inputValue(), 'www.example.org');
  tab.clean();
});

test('what others have is never overwritten unseen', { skip: missing }, async (t) => {
  const { server, tab, page } = await begin(t);
  const open = page.locator('[data-open]');
  const edit = (label) => page.getByRole('button', { name: new RegExp(`^Edit ${label}`) });
  const put = (name, ttl, content, comment) => server.change('example.com', { op: 'put', name, type: 'A', ttl, records: [{ content, comment }] });
  const held = async (name) => (await server.api('GET', `/zones/example.com/records?name=${encodeURIComponent(name)}&type=A`)).records.map((r) => [r.ttl, r.content, r.comment ?? '']);
  await page.clock.install();

  await t.test('a name in another spelling', async () => {
    await put('xn--bcher-kva', 600, '192.0.2.1', '');
    await put('q\\"uote', 600, '192.0.2.1', '');
    await page.reload();
    await tab.row('xn--bcher-kva', 'A').waitFor();
    for (const [typed, name] of [['bücher', 'xn--bcher-kva'], ['q"uote', 'q\\"uote']]) {
      const card = await tab.form(typed, 'A', { address: '192.0.2.2' });
      await card.getByText('as its set: 600').waitFor();
      await tab.button('Create Record').click();
      await page.locator('[data-row]').filter({ hasText: name }).getByText('192.0.2.2').waitFor();
      assert.deepEqual(await server.contents('example.com', name, 'A'), ['192.0.2.1', '192.0.2.2']);
    }
  });

  await t.test('what is there already', async () => {
    await tab.form('host', 'A', { address: '192.0.2.2' });
    await tab.button('Create Record').click();
    await tab.see('All was as wanted already.');
    await tab.form('free', 'A', { address: '192.0.2.4' });
    await tab.button('Add to a change').click();
    const free = await tab.button('Review and apply').evaluate((b) => {
      const { x, y, width, height } = b.getBoundingClientRect();
      return b.contains(document.elementFromPoint(x + width / 2, y + height / 2));
    });
    assert.ok(free, 'what is told does not lie over the buttons of the draft');
    await tab.button('Discard').click();
    await tab.button('Discard them').click();
  });

  await t.test('a TTL of 0 and a name that ends in the zone twice stay what they are', async () => {
    await server.api('POST', '/zones/example.com/import?mode=merge', '$ORIGIN example.com.\nzero 0 A 192.0.2.1\nwww.example.com.example.com. 60 A 192.0.2.3\n');
    await page.clock.runFor(11_000);
    await edit('zero A').click();
    await open.getByText('Comment, disabled').click();
    await open.getByLabel('Comment').fill('kept');
    await tab.button('Save').click();
    await open.waitFor({ state: 'detached' });
    assert.deepEqual(await held('zero'), [[0, '192.0.2.1', 'kept']]);
    await edit('www\\.example\\.com\\.example\\.com\\. A').click();
    await open.getByLabel('TTL').fill('77');
    await tab.button('Save').click();
    await open.waitFor({ state: 'detached' });
    assert.deepEqual(await held('www.example.com.example.com.'), [[77, '192.0.2.3', '']]);
    assert.deepEqual(await held('www.example.com.'), []);
  });

  await put('dup', 600, '192.0.2.6', 'orig');
  await page.clock.runFor(11_000);
  await tab.row('dup', 'A').waitFor();

  await t.test('fields that were not touched follow what others set', async () => {
    await edit('dup A').click();
    await open.locator('[name=address]').fill('192.0.2.7');
    await put('dup', 60, '192.0.2.6', 'by B');
    await page.clock.runFor(11_000);
    await open.getByText('Its TTL and comment are as they have set it.').waitFor();
    await tab.accessible('an edit that others ran into');
    await tab.button('Save').click();
    await open.waitFor({ state: 'detached' });
    assert.deepEqual(await held('dup'), [[60, '192.0.2.7', 'by B']]);
    assert.match(await page.evaluate(() => document.activeElement.getAttribute('aria-label') ?? ''), /^Edit /, 'the focus goes on from there');
  });

  await t.test('of one field somebody must choose, and a reload loses nothing', async () => {
    await edit('dup A').click();
    await open.locator('[name=address]').fill('192.0.2.8');
    await page.reload();
    await open.waitFor();
    assert.equal(await open.locator('[name=address]').inputValue(), '192.0.2.8');
    await put('dup', 60, '192.0.2.9', 'by B');
    await page.clock.runFor(11_000);
    await open.getByText('Somebody set the value to 192.0.2.9').waitFor();
    assert.equal(await tab.button('Save').isEnabled(), false);
    await tab.button('Use mine').click();
    await tab.button('Save').click();
    await open.waitFor({ state: 'detached' });
    assert.deepEqual(await held('dup'), [[60, '192.0.2.8', 'by B']]);
  });

  await t.test('a record that is gone is created anew only if one says so', async () => {
    await edit('dup A').click();
    await open.locator('[name=address]').fill('192.0.2.10');
    await server.change('example.com', { op: 'remove', name: 'dup', type: 'A' });
    await page.clock.runFor(11_000);
    await tab.see('Somebody has taken this record away.');
    await tab.button('Discard').click();
    await page.getByText('Somebody has taken this record away.').waitFor({ state: 'detached' });
    assert.deepEqual(await held('dup'), []);
  });

  await t.test('a form that was opened and left shows what is there now', async () => {
    await edit('host A').click();
    await open.waitFor();
    await page.getByRole('link', { name: 'History' }).first().click();
    await put('host', 120, '192.0.2.2', 'important');
    await tab.go('/zones/example.com/records');
    await edit('host A').click();
    assert.equal(await open.getByLabel('TTL').inputValue(), '120');
    await tab.button('Cancel').click();
  });

  await t.test('a draft that was kept is laid over what others did meanwhile', async () => {
    await put('kept', 600, '192.0.2.1', 'orig');
    await page.clock.runFor(11_000);
    await tab.row('kept', 'A').waitFor();
    await tab.form('kept', 'A', { address: '192.0.2.3' });
    await tab.button('Add to a change').click();
    await tab.see('1 edit gathered.');
    await put('kept', 60, '192.0.2.9', 'by B');
    await page.reload();
    await tab.see('Your edits are kept, on top of it.');
    await tab.button('Review and apply').click();
    await tab.button('Apply the change').click();
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    assert.deepEqual((await held('kept')).map(([ttl, content]) => [ttl, content]), [[60, '192.0.2.3'], [60, '192.0.2.9']]);
  });
  tab.clean();
});

test('many records at once become one change', { skip: missing }, async (t) => {
  const { server, tab, page } = await begin(t);
  await server.change('example.com', { op: 'put', name: 'rr', type: 'A', contents: ['192.0.2.1', '192.0.2.2'] }, ...[1, 2, 3, 4].map((i) => ({ op: 'put', name: `n${i}`, type: 'A', ttl: 600, contents: ['192.0.2.1'] })));
  await page.reload();
  const choose = (label) => page.getByRole('checkbox', { name: new RegExp(`^Choose ${label}`) });
  const bar = page.getByRole('region', { name: 'Chosen records' });
  const dialog = page.getByRole('dialog');
  const apply = async () => {
    await tab.button('Apply the change').click();
    await dialog.waitFor({ state: 'hidden' });
  };
  await choose('n1 A').check();
  await choose('n4 A').click({ modifiers: ['Shift'] });
  await bar.getByText('4 chosen').waitFor();
  await choose('n2 A').uncheck();
  await bar.getByText('3 chosen').waitFor();
  await tab.accessible('chosen records');
  await bar.getByRole('button', { name: 'Disable' }).click();
  await dialog.getByText('n4.example.com. 600 A 192.0.2.1 ; disabled').waitFor();
  await apply();
  const { changes } = await server.api('GET', '/changes?zone=example.com&limit=1&sets=true');
  assert.deepEqual(changes[0].zones[0].sets.map((s) => s.name), ['n1.example.com.', 'n3.example.com.', 'n4.example.com.']);
  await tab.row('n1', 'A').getByText('disabled').waitFor();
  await tab.button('Undo').last().click();
  await tab.row('n1', 'A').getByText('disabled').waitFor({ state: 'detached' });

  await choose('rr A 192.0.2.2').check();
  await page.getByLabel('Filter by name, value or comment').fill('n');
  await bar.getByText('1 chosen, 1 of them not shown').waitFor();
  await bar.getByRole('button', { name: 'Set TTL' }).click();
  await bar.getByText('1 record of the same names and types get it too').waitFor();
  await bar.getByLabel('TTL').fill('5m');
  await bar.getByRole('button', { name: 'Set it' }).click();
  await dialog.getByText('rr.example.com. 300 A 192.0.2.1').waitFor();
  await apply();

  await page.getByLabel('Filter by name, value or comment').fill('n 192.0.2.1');
  await page.getByRole('checkbox', { name: 'Choose all 4 that are listed' }).check();
  await bar.getByRole('button', { name: 'Delete' }).click();
  await dialog.getByText('n2.example.com. 600 A 192.0.2.1').waitFor();
  await apply();
  await tab.see('No record matches');
  assert.deepEqual(await server.contents('example.com', 'n2', 'A'), []);
  await page.getByLabel('Filter by name, value or comment').fill('');

  await page.getByRole('link', { name: 'Move what points at host.example.com' }).click();
  assert.equal(await page.locator('[name=from]').inputValue(), 'host.example.com');
  await page.goBack();
  await page.getByRole('link', { name: 'host', exact: true }).click();
  await page.getByRole('heading', { name: 'host.example.com', level: 1 }).waitFor();
  tab.clean();
});
