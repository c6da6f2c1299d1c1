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
  await page.getByText('Written:').last().waitFor();
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
