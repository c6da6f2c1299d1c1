import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fillAgency } from '../lib/agency.mjs';
import { missing, Tab } from '../lib/browser.mjs';
import { Outside } from '../lib/outside.mjs';
import { Truename } from '../lib/truename.mjs';

test('a target is moved with one hand on the brake', { skip: missing }, async (t) => {
  const outside = await Outside.start(t, { 'agency.example': 'c1 3600 CNAME web.main.example.', 'main.example': 'web A 192.0.2.10\nnext A 192.0.2.20' });
  const server = await Truename.start(t);
  const tab = await Tab.open(t, server);
  const { page } = tab;
  await tab.setUp();
  await fillAgency(server);

  await t.test('from the name that is to move', async () => {
    await tab.go('/names/web.main.example');
    await page.getByRole('link', { name: 'Move this target' }).click();
    assert.equal(await page.getByLabel('The target that is given up').inputValue(), 'web.main.example');
    await tab.button('See what would happen').click();
    await tab.see('Write the name that they shall point at');
    await page.getByLabel('The new target').fill('next.main.example');
    await page.getByLabel('Reason').fill('New hardware');
    await page.goto(`${server.url}/move`);
    assert.equal(await page.getByLabel('The new target').inputValue(), 'next.main.example', 'what is typed outlives a reload');
    await tab.accessible('the form of a move');
  });

  await t.test('the plan shows what it would do, and does nothing', async () => {
    await tab.button('See what would happen').click();
    await page.getByRole('heading', { name: 'Move from web.main.example to next.main.example' }).waitFor();
    const impact = await page.locator('dl').innerText();
    assert.match(impact, /Records change\s+43\s+in 3 zones/);
    assert.match(impact, /Names follow\s+44/);
    assert.match(impact, /Old answers are gone\s+1 hour later\s+because of .* CNAME, TTL 1 hour/);
    await tab.see('c0.agency.example. 3600 CNAME next.main.example.');
    await tab.see('client.example. 600 ALIAS next.main.example.');
    assert.deepEqual(await server.contents('agency.example', 'c0', 'CNAME'), ['web.main.example.']);
    assert.equal(await page.getByRole('link', { name: 'Lower the TTLs first' }).getAttribute('href'), '/move?kind=ttl&from=web.main.example.');
    await tab.accessible('a plan');
  });

  await t.test('what moved meanwhile is told, and the plan made anew', async () => {
    await server.change('agency.example', { op: 'put', name: 'late', type: 'CNAME', contents: ['web.main.example'] });
    await tab.button('Move 43 records').click();
    await page.getByRole('alert').waitFor();
    assert.deepEqual(await server.contents('agency.example', 'c0', 'CNAME'), ['web.main.example.'], 'nothing is overwritten');
    assert.equal(await page.getByLabel('Reason').inputValue(), 'New hardware');
    await tab.button('Make the plan anew').click();
    await tab.button('Move 44 records').waitFor();
  });

  await t.test('a restart of the server forgets plans, not what was typed', async () => {
    await server.stop();
    await server.run();
    await page.reload();
    await tab.see('This plan is forgotten');
    await page.getByRole('link', { name: 'Make it again' }).click();
    assert.equal(await page.getByLabel('The new target').inputValue(), 'next.main.example');
    await tab.button('See what would happen').click();
    await tab.button('Move 44 records').click();
    await page.waitForURL('**/move/done/**');
  });

  await t.test('the clock runs until the last cache has forgotten', async () => {
    const clock = page.getByRole('region', { name: 'Drain clock' });
    assert.match(await clock.innerText(), /(59:\d\d|1:00:00) until the last cache forgets/);
    assert.match(await clock.innerText(), /0 of 44\s+sets of records are past their old TTL/);
    assert.deepEqual(await server.contents('agency.example', 'c0', 'CNAME'), ['next.main.example.']);
    await page.clock.install();
    await page.reload();
    await clock.getByText('until the last cache forgets').waitFor();
    await page.clock.runFor('00:20:00');
    assert.match(await clock.innerText(), /1 of 44\s+sets/, 'the ALIAS with its ten minutes is over');
    await page.clock.runFor('00:45:00');
    await clock.getByRole('heading', { name: 'All caches have forgotten what was before' }).waitFor();
    await tab.accessible('a drained move');
  });

  await t.test('others are asked until they see it', async () => {
    await page.clock.resume();
    await page.mouse.move(200, 300); // somebody is there, hours later
    await page.getByLabel('Ask for').selectOption({ label: 'c1.agency.example' });
    const servers = page.getByRole('table', { name: 'What each server says of c1.agency.example' });
    const resolver = servers.getByRole('row').filter({ hasText: 'resolver' });
    await resolver.getByText('something else').waitFor();
    await resolver.getByText('192.0.2.10').waitFor();
    await servers.getByRole('row').filter({ hasText: 'this server' }).getByText('sees it').waitFor();
    await outside.write('agency.example', 'c1 3600 CNAME next.main.example.');
    await resolver.getByText('sees it').waitFor();
    await tab.see('everybody sees it');
    await tab.button('Ask again').waitFor();
  });

  await t.test('and it is taken back', async () => {
    await tab.button('Undo').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('c0.agency.example. 3600 CNAME web.main.example.', { exact: true }).waitFor();
    await tab.accessible('an undo');
    await dialog.getByLabel('Reason').fill('too early');
    await tab.button('Take it back').click();
    await dialog.waitFor({ state: 'hidden' });
    assert.deepEqual(await server.contents('agency.example', 'c0', 'CNAME'), ['web.main.example.']);
    await page.getByRole('heading', { name: 'too early' }).waitFor();
    const { changes } = await server.api('GET', '/changes?limit=1');
    assert.equal(changes[0].reason, 'too early');
    assert.match(changes[0].author.name, /Ada/);
  });
  tab.clean();
});

test('TTLs are lowered before a move', { skip: missing }, async (t) => {
  const server = await Truename.start(t);
  const tab = await Tab.open(t, server);
  const { page } = tab;
  await tab.setUp();
  await fillAgency(server, { clients: 3 });
  await tab.go('/move?kind=ttl&from=web.main.example');
  assert.equal(await page.getByRole('radio', { name: /^Lower TTLs first/ }).isChecked(), true);
  await page.getByLabel('New TTL').fill('2 minutes');
  await tab.button('See what would happen').click();
  await tab.see('c0.agency.example. 120 CNAME web.main.example.');
  await page.getByRole('button', { name: /^Set the TTL of \d+ records$/ }).click();
  await page.waitForURL('**/move/done/**');
  const { records } = await server.api('GET', '/zones/agency.example/records?name=c0');
  assert.equal(records[0].ttl, 120);
  tab.clean();
});
