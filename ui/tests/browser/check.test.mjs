import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fillAgency } from '../lib/agency.mjs';
import { missing, Tab } from '../lib/browser.mjs';
import { Outside } from '../lib/outside.mjs';
import { Truename } from '../lib/truename.mjs';

test('the rules over everything, with fixes', { skip: missing }, async (t) => {
  const server = await Truename.start(t);
  const tab = await Tab.open(t, server);
  const { page } = tab;
  await tab.setUp();
  const group = (code) => page.locator('.card').filter({ has: page.getByRole('button', { name: new RegExp(`^\\d+ ${code}`) }) });

  await t.test('nothing to check', async () => {
    await page.getByRole('link', { name: 'Check', exact: true }).click();
    await tab.see('There are no zones yet');
    await tab.accessible('a check of nothing');
  });

  await fillAgency(server, { clients: 5 });
  await server.change('agency.example', { op: 'put', name: 'lost', type: 'CNAME', contents: ['gone.main.example'] }, { op: 'put', name: 'c0', type: 'CNAME', contents: ['www.main.example'] }, { op: 'put', name: 'c1', type: 'CNAME', contents: ['www.main.example'] });

  await t.test('what hurts most stands first', async () => {
    await page.reload();
    await tab.see('3 zones looked at: 0 errors');
    assert.deepEqual((await page.getByRole('heading', { level: 2 }).allInnerTexts()).slice(0, 1), ['Names that cannot be reached']);
    assert.equal((await page.getByRole('heading', { level: 2 }).allInnerTexts()).includes('Slower than it could be'), true);
    await group('dangling-target').getByText(/lost\.agency\.example\. CNAME points to gone\.main\.example\./).waitFor();
    await tab.accessible('a check');
  });

  await t.test('a fix shows what it changes before it does', async () => {
    await group('alias-chain').getByRole('button', { name: 'Point c0.agency.example. CNAME to web.main.example.' }).click();
    await page.getByRole('dialog').getByText('c0.agency.example. 3600 CNAME web.main.example.').waitFor();
    assert.deepEqual(await server.contents('agency.example', 'c0', 'CNAME'), ['www.main.example.']);
    await tab.accessible('a fix');
    await tab.button('Do it').click();
    await tab.see('Done.');
    assert.deepEqual(await server.contents('agency.example', 'c0', 'CNAME'), ['web.main.example.']);
    await group('alias-chain').getByText(/^C0\.agency/i).waitFor({ state: 'detached' });
    await tab.button('Undo').click();
    await page.getByText('Taken back.', { exact: true }).waitFor();
    assert.deepEqual(await server.contents('agency.example', 'c0', 'CNAME'), ['www.main.example.']);
  });

  await t.test('by severity, and with a way to the records', async () => {
    await page.getByLabel('Severity').selectOption('error');
    await tab.see('No errors');
    await page.reload();
    await tab.see('No errors');
    await tab.button('Show all').click();
    await group('dangling-target').getByRole('link', { name: 'its records in agency.example' }).waitFor();
  });

  await t.test('a fix of what somebody changed meanwhile is refused and told', async () => {
    await group('alias-chain').getByRole('button', { name: /^Point c0\.agency/ }).waitFor();
    await server.change('agency.example', { op: 'put', name: 'other', type: 'A', contents: ['192.0.2.1'] });
    await group('alias-chain').getByRole('button', { name: /^Point c0\.agency/ }).click();
    await page.getByRole('dialog').getByText('Somebody changed the zone since it was checked.').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Check again' }).click();
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
  });

  await t.test('all of a rule at once', async () => {
    await tab.go('/zones/agency.example/check');
    await group('alias-chain').getByRole('button', { name: 'Fix all 2' }).click();
    await tab.button('Do it').click();
    await tab.see('Done.');
    for (const name of ['c0', 'c1']) assert.deepEqual(await server.contents('agency.example', name, 'CNAME'), ['web.main.example.']);
    await group('alias-chain').waitFor({ state: 'detached' });
  });
  tab.clean();
});

test('why a name does not show up', { skip: missing }, async (t) => {
  const outside = await Outside.start(t, { 'agency.example': 'c0 60 A 127.0.0.1' });
  const server = await Truename.start(t);
  const tab = await Tab.open(t, server);
  const { page } = tab;
  await tab.setUp();
  await fillAgency(server, { clients: 1 });
  await server.change('agency.example', { op: 'put', name: 'c0', type: 'A', contents: ['127.0.0.1'] }, { op: 'remove', name: 'c0', type: 'CNAME' }, { op: 'put', name: 'lost', type: 'CNAME', contents: ['gone.main.example'] });

  await t.test('verdicts from bad to good, with what to change', async () => {
    await tab.go('/check/name');
    await page.getByLabel('Name that does not work').fill('lost.agency.example');
    await tab.button('Examine').click();
    const first = page.getByRole('article').first();
    await first.getByText('a problem').waitFor();
    const target = page.getByRole('article').filter({ hasText: 'target-does-not-resolve' });
    assert.match(await target.innerText(), /^a problem/);
    assert.match(await target.innerText(), /gone\.main\.example/);
    const order = await page.getByRole('article').evaluateAll((all) => all.map((a) => ['problem', 'warning', 'unknown', 'ok', 'skipped'].findIndex((s) => a.classList.contains(s))));
    assert.deepEqual(order, [...order].sort());
    assert.equal(order.length, 6);
    await tab.accessible('a diagnosis');
    await target.getByRole('link', { name: 'Change lost.agency.example CNAME' }).click();
    await page.locator('[data-open] [name=target]').waitFor();
    assert.equal(await page.locator('[data-open] [name=target]').inputValue(), 'gone.main.example.', 'the form of the record is open');
    await page.goBack();
    await page.getByRole('article').first().waitFor();
    await page.reload();
    assert.equal(await page.getByLabel('Name that does not work').inputValue(), 'lost.agency.example', 'the question outlives a reload');
    await page.getByRole('article').first().waitFor();
  });

  await t.test('propagation is followed until it is through', async () => {
    await page.getByRole('link', { name: 'Propagation', exact: true }).click();
    await tab.see('Has the world seen it yet?');
    await page.getByLabel('Name', { exact: true }).fill('c0.agency.example');
    await page.getByLabel('Expected records').fill('127.0.0.2');
    await tab.button('Ask all').click();
    await tab.see('0 of 2 servers say the same, 2 something else');
    await tab.accessible('propagation');
    await page.getByLabel('Expected records').fill('');
    await tab.button('Ask all').click();
    await tab.see('everybody sees it');
    await outside.write('agency.example', 'c0 60 A 127.0.0.9');
    await tab.button('Ask again').click();
    await tab.button('Stop asking').waitFor();
  });
  tab.clean();
});
