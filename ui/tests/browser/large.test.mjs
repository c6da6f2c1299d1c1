import assert from 'node:assert/strict';
import { test } from 'node:test';
import { missing, Tab } from '../lib/browser.mjs';
import { Truename } from '../lib/truename.mjs';

test('a zone of 100,000 records', { skip: missing }, async (t) => {
  const server = await Truename.start(t);
  const tab = await Tab.open(t, server);
  const { page } = tab;
  const head = '$ORIGIN big.example.\n$TTL 3600\n@ SOA ns1.example.org. h.big.example. 1 7200 900 1209600 300\n@ NS ns1.example.org.\n@ NS ns2.example.org.\n@ A 192.0.2.1\n';
  const line = (_, i) => (i % 2 ? `h${i} CNAME big.example.` : `h${i} A 10.0.${(i >> 8) & 255}.${i & 255}`);
  await server.api('POST', '/import?zone=big.example', head + Array.from({ length: 100_000 }, line).join('\n') + '\n');
  await tab.setUp();
  await tab.go('/zones/big.example/records');
  await tab.see(/^100,004 records$/);

  await t.test('only the rows near the window are in the document', async () => {
    assert.ok((await page.locator('[data-row]').count()) < 100);
    assert.equal(await page.getByRole('table', { name: 'Records of big.example' }).getAttribute('aria-rowcount'), '100005');
  });

  await t.test('the last row is there at the end of it', async () => {
    await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
    await tab.row('h99999', 'CNAME').waitFor();
  });

  await t.test('filters narrow it', async () => {
    await page.evaluate(() => scrollTo(0, 0));
    const filter = page.getByLabel('Filter by name, value or comment');
    await filter.fill('h99998');
    await tab.see('1 of 100,004 records');
    await filter.fill('no such thing');
    await tab.see('No record matches');
    await filter.fill('');
    await tab.see('100,004 records');
  });

  await t.test('the arrow keys go through it', async () => {
    await page.getByRole('button', { name: /^Edit @ A/ }).focus();
    for (let i = 0; i < 60; i++) await page.keyboard.press('ArrowDown');
    const label = await page.evaluate(() => document.activeElement.getAttribute('aria-label'));
    assert.match(label, /^Edit h\d+/);
    const seen = await page.evaluate(() => {
      const { top, bottom } = document.activeElement.getBoundingClientRect();
      return top > 0 && bottom < innerHeight;
    });
    assert.ok(seen, 'what has the focus is to be seen');
  });

  await t.test('a record is edited in the middle of it', async () => {
    await page.getByLabel('Filter by name, value or comment').fill('h50000');
    await page.getByRole('button', { name: /^Edit h50000 A/ }).click();
    await page.locator('[data-open] [name=address]').fill('192.0.2.55');
    await tab.button('Save').click();
    await page.locator('[data-row]').getByText('192.0.2.55').waitFor();
    assert.deepEqual(await server.contents('big.example', 'h50000', 'A'), ['192.0.2.55']);
  });

  await t.test('half of it is chosen and changed at once', async () => {
    await page.getByLabel('Filter by name, value or comment').fill('');
    await page.getByLabel('Type').last().selectOption('CNAME');
    await tab.see('50,000 of 100,004 records');
    await page.getByRole('checkbox', { name: 'Choose all 50,000 that are listed' }).check();
    const bar = page.getByRole('region', { name: 'Chosen records' });
    await bar.getByText('50,000 chosen').waitFor();
    await bar.getByRole('button', { name: 'Set TTL' }).click();
    await bar.getByLabel('TTL').fill('5m');
    await bar.getByRole('button', { name: 'Set it' }).click();
    await page.getByRole('dialog').getByText('and 99,600 lines more').waitFor({ timeout: 60_000 });
    await tab.button('Apply the change').click();
    await page.getByRole('dialog').waitFor({ state: 'hidden', timeout: 60_000 });
    const { records } = await server.api('GET', '/zones/big.example/records?name=h99999');
    assert.deepEqual(records.map((r) => r.ttl), [300]);
    await tab.row('h1', 'CNAME').getByText('5m').waitFor();
  });
  tab.clean();
});
