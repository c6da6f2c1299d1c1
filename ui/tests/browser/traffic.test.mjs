import assert from 'node:assert/strict';
import { Resolver } from 'node:dns/promises';
import { test } from 'node:test';
import { fillAgency } from '../lib/agency.mjs';
import { missing, Tab } from '../lib/browser.mjs';
import { Outside } from '../lib/outside.mjs';
import { Truename } from '../lib/truename.mjs';

function resolverOf(server) {
  const r = new Resolver({ timeout: 30_000, tries: 1 }); // a question asked twice would be counted twice
  r.setServers([/answers DNS at (127\.0\.0\.1:\d+)/.exec(server.output)[1]]);
  return r;
}

test('what is asked, now and over time', { skip: missing }, async (t) => {
  const server = await Truename.start(t);
  const tab = await Tab.open(t, server);
  const { page } = tab;
  await tab.setUp();
  await fillAgency(server, { clients: 3 });
  const dns = resolverOf(server);

  await t.test('nobody has asked yet', async () => {
    await page.getByRole('link', { name: 'Traffic', exact: true }).click();
    await tab.see('Nobody has asked yet');
    await tab.accessible('no traffic');
  });

  for (let i = 0; i < 9; i++) await dns.resolve4('web.main.example');
  for (let i = 0; i < 4; i++) await dns.resolveMx('client.example');
  for (let i = 0; i < 3; i++) await dns.resolve4(`nope${i % 2}.agency.example`).catch((e) => assert.equal(e.code, 'ENOTFOUND'));

  await t.test('now', async () => {
    await page.reload();
    const now = page.getByRole('region', { name: 'Now' });
    await now.getByText('live', { exact: true }).waitFor();
    const asking = setInterval(() => dns.resolve4('web.main.example').catch(() => {}), 60);
    await now.locator('.number').filter({ hasText: /^[1-9]/ }).waitFor();
    await now.locator('li').filter({ hasText: /^A\s*100 %$/ }).waitFor();
    clearInterval(asking);
  });

  await t.test('the sums, and the numbers of the chart in a table', async () => {
    await page.reload();
    const types = page.locator('section').filter({ has: page.getByRole('heading', { name: 'Types' }) });
    await types.getByRole('row', { name: /^MX 4\b/ }).waitFor();
    await page.locator('section').filter({ has: page.getByRole('heading', { name: 'Response codes' }) }).getByRole('row', { name: /^NXDOMAIN 3\b/ }).waitFor();
    await page.getByText('The numbers', { exact: true }).click();
    const table = page.getByRole('region', { name: 'The numbers of the chart' });
    const sum = (await table.getByRole('row').allInnerTexts()).slice(1).reduce((n, row) => n + Number(row.split('\t')[1].replaceAll(',', '')), 0);
    const { traffic } = await server.api('GET', '/usage?window=hour');
    assert.ok(sum >= 16 && sum <= traffic.queries, `${sum} of ${traffic.queries}`);
    await tab.accessible('traffic');
  });

  await t.test('who is asked for most, and what does not exist', async () => {
    const part = (name) => page.locator('section').filter({ has: page.getByRole('heading', { name, exact: true }) });
    await part('Zones').getByRole('row', { name: /^main\.example/ }).waitFor();
    await part('Names').getByRole('row', { name: /^web\.main\.example/ }).waitFor();
    assert.match(await part('Names that do not exist').getByRole('row').nth(1).innerText(), /^nope0\.agency\.example\s+2/);
    await part('Zones').getByRole('link', { name: 'client.example', exact: true }).click();
    await page.getByRole('heading', { name: 'Traffic of client.example' }).waitFor();
    await tab.see('4 queries');
  });

  await t.test('other times and lines outlive a reload', async () => {
    await tab.go('/traffic');
    await page.getByRole('radio', { name: 'Last month' }).check({ force: true });
    await page.getByRole('radio', { name: 'By type' }).check({ force: true });
    await page.waitForURL('**/traffic?window=month&split=types');
    await page.reload();
    assert.equal(await page.getByRole('radio', { name: 'Last month' }).isChecked(), true);
    await page.getByText('The numbers', { exact: true }).click();
    assert.match(await page.getByRole('region', { name: 'The numbers of the chart' }).getByRole('row').first().innerText(), /From\s+A\s+MX/);
  });
  tab.clean();
});

test('aliases and what is known of their targets', { skip: missing }, async (t) => {
  await Outside.start(t, { 'hoster.test': 'site A 203.0.113.5\nsite AAAA 2001:db8:5::5' });
  const server = await Truename.start(t);
  const tab = await Tab.open(t, server);
  const { page } = tab;
  await tab.setUp();
  await server.api('POST', '/zones', { name: 'example.com' });
  await tab.go('/zones/example.com/aliases');
  const row = (name) => page.getByRole('listitem').filter({ has: page.getByRole('link', { name, exact: true }) });

  await t.test('none', async () => {
    await tab.see('No name is answered with the addresses of another');
    await tab.accessible('no aliases');
  });

  await server.change('example.com', { op: 'put', name: '@', type: 'ALIAS', contents: ['site.hoster.test'] }, { op: 'put', name: 'bad', type: 'ALIAS', contents: ['gone.hoster.test'] },
    { op: 'put', name: 'www', type: 'CNAME', contents: ['site.hoster.test'] }, { op: 'put', name: '_acme-challenge', type: 'CNAME', contents: ['val.hoster.test'] });
  const dns = resolverOf(server);
  assert.deepEqual(await dns.resolve4('example.com'), ['203.0.113.5']);
  assert.deepEqual(await dns.resolve6('example.com'), ['2001:db8:5::5']);
  await dns.resolve4('bad.example.com').catch(() => {});

  await t.test('the last good answer of each, and what is wrong', async () => {
    await page.reload();
    await row('example.com').getByText('203.0.113.5').waitFor();
    await row('example.com').getByText(/last good answer/).first().waitFor();
    await row('bad.example.com').getByText('the target does not exist').first().waitFor();
    await tab.accessible('aliases');
    await server.change('example.com', ...Array.from({ length: 60 }, (_, i) => ({ op: 'put', name: `z${String(i).padStart(2, '0')}`, type: 'ALIAS', contents: ['site.hoster.test'] })));
    await page.reload();
    await tab.see('1 to 50 of 62');
    const next = page.waitForRequest((r) => r.url().includes('/aliases?') && r.url().includes('offset=50'));
    await tab.button('Next').click();
    await next;
    await tab.see('51 to 62 of 62');
    await row('z59.example.com').waitFor();
    await page.reload();
    await tab.see('51 to 62 of 62');
    await tab.button('Before').click();
    await row('example.com').waitFor();
    await page.getByLabel('Show').selectOption('stale');
    await tab.see('No alias is stale');
    await tab.button('Show all').click();
    await row('example.com').waitFor();
  });

  await t.test('flattening shows what it changes, and is taken back', async () => {
    const turn = page.getByRole('switch', { name: 'Flatten all CNAMEs' });
    assert.equal(await turn.getAttribute('aria-checked'), 'false');
    await turn.click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Its 2 CNAME records are answered with the addresses').waitFor();
    await dialog.getByRole('table', { name: 'Names that turn' }).getByText('www.example.com', { exact: true }).waitFor();
    await dialog.getByRole('table', { name: 'Names that stay' }).getByText('_acme-challenge.example.com', { exact: true }).waitFor();
    assert.equal((await server.api('GET', '/zones/example.com')).zone.settings.flatten_all_cnames, false);
    await tab.accessible('a switch');
    await dialog.getByRole('button', { name: 'Flatten all CNAMEs' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await row('www.example.com').getByText('flattened CNAME').waitFor();
    assert.deepEqual(await dns.resolve4('www.example.com'), ['203.0.113.5']);
    await tab.see('1 name stays a CNAME');
    await tab.button('Undo').click();
    await tab.see('Taken back.');
    await page.getByText('1 name stays a CNAME').waitFor({ state: 'detached' });
  });

  await t.test('a name that stays a CNAME can be flattened all the same', async () => {
    await server.api('POST', '/changes', { zones: [{ zone: 'example.com', props: { flatten_all_cnames: true } }] });
    await page.reload();
    await tab.button('Flatten it all the same').click();
    await page.getByRole('dialog').getByRole('button', { name: 'Flatten _acme-challenge.example.com' }).click();
    await page.getByText('1 name stays a CNAME').waitFor({ state: 'detached' });
    const { records } = await server.api('GET', '/zones/example.com/records?type=CNAME&name=_acme-challenge');
    assert.equal(records[0].settings.flatten_cname, true);
  });
  tab.clean();
});
