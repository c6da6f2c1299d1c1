import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fillAgency } from '../lib/agency.mjs';
import { missing, Tab } from '../lib/browser.mjs';
import { Truename } from '../lib/truename.mjs';

test('every change can be seen and taken back', { skip: missing }, async (t) => {
  const server = await Truename.start(t);
  const tab = await Tab.open(t, server);
  const { page } = tab;
  const list = page.getByRole('list', { name: 'Changes, newest first' });
  const item = (title) => list.getByRole('listitem').filter({ has: page.getByRole('button', { name: new RegExp(`^${title}`) }) });
  await tab.setUp();

  await t.test('an empty log says what will stand there', async () => {
    await page.getByRole('link', { name: 'History', exact: true }).click();
    await tab.see('Nothing has been changed yet');
    await tab.accessible('an empty history');
  });

  await fillAgency(server, { clients: 2 });
  await server.api('POST', '/changes', { reason: 'A typo goes in', zones: [{ zone: 'main.example', edits: [{ op: 'put', name: 'web', type: 'A', contents: ['192.0.2.99'] }] }] });

  await t.test('what it did, and who made it', async () => {
    await page.reload();
    const typo = item('A typo goes in');
    assert.match(await typo.innerText(), /main\.example\s+admin, by v1\s+just now/);
    await typo.getByRole('button', { name: /^A typo/ }).click();
    await typo.getByText('web.main.example. 300 A 192.0.2.10').waitFor();
    assert.match(await typo.innerText(), /1 records taken away and 1 written/);
    await tab.accessible('a history');
  });

  await t.test('an undo shows what it does first', async () => {
    await item('A typo goes in').getByRole('button', { name: 'Undo' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('web.main.example. 300 A 192.0.2.99', { exact: true }).waitFor();
    assert.deepEqual(await server.contents('main.example', 'web', 'A'), ['192.0.2.99'], 'nothing is written yet');
    await tab.button('Take it back').click();
    await dialog.waitFor({ state: 'hidden' });
    await page.getByText('Taken back.', { exact: true }).waitFor();
    assert.deepEqual(await server.contents('main.example', 'web', 'A'), ['192.0.2.10']);
    await list.getByText(/^takes back \d+$/).waitFor();
  });

  await t.test('what was changed since is not overwritten by an undo', async () => {
    await server.change('main.example', { op: 'put', name: 'next', type: 'A', contents: ['192.0.2.21'] });
    await server.change('main.example', { op: 'put', name: 'next', type: 'A', contents: ['192.0.2.22'] });
    await page.reload();
    await item('main.example changed').nth(1).getByRole('button', { name: /^main/ }).click();
    await item('main.example changed').nth(1).getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('dialog').getByRole('alert').waitFor();
    assert.equal(await tab.button('Take it back').isEnabled(), false);
    await page.keyboard.press('Escape');
  });

  await t.test('a zone is restored as it was at a time', async () => {
    const { changes } = await server.api('GET', '/changes?limit=1');
    while (Date.now() < Date.parse(changes[0].time) + 2000) await new Promise((go) => setTimeout(go, 100)); // the field has whole seconds
    await server.change('main.example', { op: 'put', name: 'next', type: 'A', contents: ['192.0.2.23'] });
    await tab.go('/zones/main.example/history');
    await tab.button('Restore to a time').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('next.main.example. 300 A 192.0.2.22').waitFor();
    await tab.accessible('a restore');
    await tab.button('Restore').click();
    await dialog.waitFor({ state: 'hidden' });
    assert.deepEqual(await server.contents('main.example', 'next', 'A'), ['192.0.2.22']);
  });

  await t.test('or one name of it, to before a change', async () => {
    await server.api('POST', '/changes', { reason: 'Two at once', zones: [{ zone: 'main.example', edits: [{ op: 'put', name: 'one', type: 'A', contents: ['192.0.2.1'] }, { op: 'put', name: 'two', type: 'A', contents: ['192.0.2.2'] }] }] });
    await page.reload();
    await item('Two at once').getByRole('button', { name: /^Two/ }).click();
    await item('Two at once').getByRole('button', { name: 'Restore to before' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('two.main.example. 3600 A 192.0.2.2').waitFor();
    await dialog.getByLabel('Only this name').fill('one');
    await dialog.getByText('two.main.example. 3600 A 192.0.2.2').waitFor({ state: 'detached' });
    await dialog.getByText('one.main.example. 3600 A 192.0.2.1').waitFor();
    await tab.button('Restore').click();
    await dialog.waitFor({ state: 'hidden' });
    assert.deepEqual(await server.contents('main.example', 'one', 'A'), []);
    assert.deepEqual(await server.contents('main.example', 'two', 'A'), ['192.0.2.2']);
  });

  await t.test('a deleted zone comes back', async () => {
    await server.api('DELETE', '/zones/client.example');
    await tab.go('/history');
    await page.getByRole('heading', { name: 'Deleted zones' }).waitFor();
    await tab.button('Bring back').click();
    await tab.see('The zone is back.');
    assert.deepEqual(await server.contents('client.example', 'www', 'CNAME'), ['client.example.']);
    await page.getByRole('heading', { name: 'Deleted zones' }).waitFor({ state: 'detached' });
  });

  await t.test('what others change comes in by itself, and an old page of the log on demand', async () => {
    await page.clock.install();
    await page.reload();
    await item('Bring back client.example').waitFor();
    for (let i = 0; i < 60; i++) await server.change('agency.example', { op: 'put', name: `n${i}`, type: 'A', contents: ['192.0.2.1'] });
    await page.clock.runFor(16_000);
    await list.getByRole('listitem').nth(49).waitFor();
    assert.equal(await item('Bring back client.example').count(), 0);
    await tab.button('Older changes').click();
    await item('Bring back client.example').waitFor();
  });

  await t.test('nothing is asked while nobody sees the page', async () => {
    const show = (state) =>
      page.evaluate((state) => {
        Object.defineProperty(document, 'visibilityState', { value: state, configurable: true });
        document.dispatchEvent(new Event('visibilitychange'));
      }, state);
    const asked = [];
    page.on('request', (r) => asked.push(r.url()));
    await show('hidden');
    await page.clock.runFor(120_000);
    assert.deepEqual(asked, []);
    await server.change('agency.example', { op: 'put', name: 'unseen', type: 'A', contents: ['192.0.2.1'] });
    const next = page.waitForRequest(/\/v1\/changes/);
    await show('visible');
    await next;
  });

  await t.test('by author, zone, name and what was done, in the address', async () => {
    const found = (n) => page.waitForFunction((n) => document.querySelectorAll('ol[aria-label^=Changes] > li').length === n, n);
    await server.api('POST', '/zones', { name: 'late.example' });
    await tab.go('/history?kind=create');
    await item('late.example created').waitFor();
    await page.getByLabel('Zone', { exact: true }).fill('main.example');
    await item('late.example created').waitFor({ state: 'detached' });
    await page.getByLabel('What was done').selectOption('undo');
    await list.getByText(/^takes back \d+$/).first().waitFor();
    await page.getByLabel('What was done').selectOption('');
    await page.getByLabel('Name', { exact: true }).fill('web');
    await item('A typo goes in').waitFor();
    await page.getByLabel('Author').fill('nobody at all');
    await tab.see('No change matches');
    await tab.accessible('a history that is filtered');
    await page.reload();
    await tab.see('No change matches');
    await page.getByLabel('Author').fill('dashboard');
    await list.getByText(/^takes back \d+$/).waitFor();
    await found(1);
    await page.getByLabel('Zone', { exact: true }).fill('main.examp');
    await tab.see('There is no zone main.examp');
    await tab.button('Show all').first().click();
    await found(50);
    assert.equal(new URL(page.url()).search, '');
  });
  tab.clean();
});
