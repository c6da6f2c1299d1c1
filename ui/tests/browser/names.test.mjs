import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fillAgency } from '../lib/agency.mjs';
import { missing, Tab } from '../lib/browser.mjs';
import { Truename } from '../lib/truename.mjs';

test('where a name leads and who follows it', { skip: missing }, async (t) => {
  const server = await Truename.start(t);
  const tab = await Tab.open(t, server);
  const { page } = tab;
  await tab.setUp();
  await fillAgency(server, { clients: 1500 });

  await t.test('a name is found by a part of it', async () => {
    await page.getByRole('link', { name: 'Names', exact: true }).click();
    await tab.see('Look at any name');
    await page.getByRole('searchbox').fill('www');
    await page.getByRole('link', { name: 'www.client.example', exact: true }).click();
    await page.getByRole('heading', { name: 'www.client.example', level: 1 }).waitFor();
  });

  await t.test('each step to its addresses is drawn, and stands in a table', async () => {
    const drawing = page.getByRole('group', { name: /^Drawing: who follows www\.client\.example/ });
    for (const box of ['client.example in client.example', 'web.main.example 192.0.2.10']) await drawing.getByRole('link', { name: new RegExp(box.split(' ').join('\\s*')) }).waitFor();
    for (const label of ['CNAME 30m', 'ALIAS 10m']) await drawing.getByText(label, { exact: true }).waitFor();
    const rows = await page.getByRole('table', { name: /^The steps from www\.client\.example/ }).getByRole('row').allInnerTexts();
    assert.equal(rows.length, 4, 'a heading and three steps');
    assert.match(rows[1], /www\.client\.example\s+CNAME\s+client\.example\s+client\.example\s+30m/);
    assert.match(rows[3], /web\.main\.example\s+records\s+192\.0\.2\.10\s+main\.example\s+5m/);
    assert.match(await page.locator('main header').innerText(), /kept for 5 minutes/);
  });

  await t.test('the drawing is walked by keyboard', async () => {
    const box = page.getByRole('group', { name: /^Drawing/ }).getByRole('link', { name: /^web\.main\.example/ });
    await box.focus();
    await page.keyboard.press('Enter');
    await page.waitForURL('**/names/web.main.example');
    await page.getByRole('heading', { name: 'web.main.example', level: 1 }).waitFor();
  });

  await t.test('thousands who follow are one line with their count, and open by step', async () => {
    await tab.see('1,503 records in 3 zones');
    const tree = page.getByRole('region', { name: 'Followers of web.main.example' });
    const group = tree.getByRole('button', { name: '1,500 names in agency.example' });
    await group.waitFor();
    assert.equal(await tree.getByRole('link', { name: /^c\d+\.agency\.example$/ }).count(), 0, 'closed until it is asked for');
    await group.click();
    assert.equal(await tree.getByRole('link', { name: /^c\d+\.agency\.example$/ }).count(), 50);
    await tree.getByRole('button', { name: 'Show 200 more of 1,500' }).click();
    assert.equal(await tree.getByRole('link', { name: /^c\d+\.agency\.example$/ }).count(), 250);
    const alias = tree.locator('[data-branch]').filter({ has: page.getByText('ALIAS', { exact: true }) });
    await alias.getByText('sees a change within 10 minutes').waitFor();
    await tree.getByRole('button', { name: 'Who follows client.example' }).click();
    await alias.getByRole('link', { name: 'www.client.example', exact: true }).waitFor();
    await alias.getByText('1 follows').waitFor();
    await tree.getByRole('button', { name: 'Who follows www.client.example' }).click();
    await alias.getByText('No name follows this one.').waitFor();
    assert.equal(await tree.getByText('MX', { exact: true }).count(), 1, 'who refers is there too');
    await page.evaluate(() => scrollTo(0, 0)); // nothing below the bar
    await tab.accessible('followers');
  });

  await t.test('the arrow keys go through the tree', async () => {
    const tree = page.getByRole('region', { name: 'Followers of web.main.example' });
    const group = tree.getByRole('button', { name: '1,500 names in agency.example' });
    await group.focus();
    await page.keyboard.press('ArrowLeft');
    assert.equal(await group.getAttribute('aria-expanded'), 'false');
    await page.keyboard.press('ArrowRight');
    assert.equal(await group.getAttribute('aria-expanded'), 'true');
    await page.keyboard.press('ArrowDown');
    assert.match(await page.evaluate(() => document.activeElement.closest('[data-branch]').innerText), /^c0\.agency\.example/);
    await page.keyboard.press('ArrowLeft');
    assert.equal(await group.evaluate((e) => e === document.activeElement), true, 'back to the one above');
  });

  await t.test('a group of the drawing opens in the list', async () => {
    await page.reload();
    await page.getByRole('group', { name: /^Drawing/ }).getByRole('button', { name: /^1,500 names/ }).click();
    await page.getByRole('region', { name: /^Followers/ }).getByRole('link', { name: 'c0.agency.example', exact: true }).waitFor();
  });

  await t.test('other types, and names that lead nowhere', async () => {
    await page.getByLabel('Type of record').selectOption('AAAA');
    await tab.see('no records of this type');
    await page.reload();
    assert.equal(await page.getByLabel('Type of record').inputValue(), 'AAAA', 'the choice outlives a reload');
    await tab.go('/names/nowhere.main.example');
    await tab.see('no such name');
    await tab.see('No name points here yet');
    await tab.accessible('a name that leads nowhere');
  });
  tab.clean();
});

test('without anybody to ask, the zones held are shown', { skip: missing }, async (t) => {
  const server = await Truename.start(t);
  const tab = await Tab.open(t, server);
  await tab.setUp();
  await fillAgency(server, { clients: 1 });
  await tab.page.route('**/v1/explain*', (r) => r.fulfill({ status: 429, headers: { 'Retry-After': '3' }, json: { status: 'error', error: { code: 'RATE_LIMITED', message: 'too many questions; try again in 3 seconds' } } }));
  await tab.go('/names/www.client.example');
  await tab.see('Only the zones held here were looked at');
  const rows = await tab.page.getByRole('table').first().getByRole('row').allInnerTexts();
  assert.match(rows[3], /web\.main\.example\s+records/);
  tab.clean();
});
