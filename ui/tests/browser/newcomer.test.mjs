import assert from 'node:assert/strict';
import { test } from 'node:test';
import { missing, person, Tab } from '../lib/browser.mjs';
import { Truename } from '../lib/truename.mjs';

const shop = `$ORIGIN shop.example.
$TTL 3600
@    SOA ns1.example.org. hostmaster.shop.example. 1 7200 900 1209600 300
@    NS  ns1.example.org.
@    NS  ns2.example.org.
@    A   192.0.2.80
mail A   192.0.2.25
@    MX  10 mail.shop.example.
`;

test('the way of a newcomer', { skip: missing }, async (t) => {
  const server = await Truename.start(t);
  const tab = await Tab.open(t, server);
  const { page } = tab;

  await t.test('a wrong setup code is refused, the right one opens the door', async () => {
    await tab.go('/');
    await page.getByLabel('Setup code').fill('AAAA-AAAA-AAAA-AAAA-AAAA-AAAA-AAAA');
    await page.getByLabel('Your name').fill(person.name);
    await page.getByLabel('E-mail address').fill(person.email);
    await page.getByLabel('Password').fill(person.password);
    await page.getByRole('button', { name: 'Set password and sign in' }).click();
    await page.getByRole('alert').waitFor();
    assert.equal(await page.getByLabel('Your name').inputValue(), person.name, 'what was typed stays');
    await tab.setUp();
    await tab.see('No zones yet');
    await tab.accessible('no zones');
  });

  await t.test('a zone file is dropped onto the page, and pasted', async () => {
    const give = (kind, files, text) =>
      page.evaluate(
        ([kind, files, text]) => {
          const data = new DataTransfer();
          for (const [name, content] of files) data.items.add(new File([content], name, { type: 'text/plain' }));
          if (text) data.setData('text/plain', text);
          const what = { bubbles: true, cancelable: true };
          const event = kind === 'paste' ? new ClipboardEvent('paste', { ...what, clipboardData: data }) : new DragEvent(kind, { ...what, dataTransfer: data });
          document.querySelector('main').dispatchEvent(event);
          return event.defaultPrevented;
        },
        [kind, files, text],
      );
    const field = page.locator('[name=zonefile]');
    assert.equal(await give('dragover', [['shop.example.zone', shop]]), true);
    await tab.see('Drop zone files to import them');
    assert.equal(await give('drop', [['shop.example.zone', shop]]), true, 'the browser does not go to the file');
    await field.waitFor();
    assert.deepEqual([await field.inputValue(), await page.locator('[name=import-zone]').inputValue()], [shop, 'shop.example']);
    await give('drop', [['one.example.zone', '@ A 192.0.2.1\n'], ['two.example.zone', '@ A 192.0.2.2\n']]);
    await page.getByRole('heading', { name: 'Import zone file 1 of 2' }).waitFor();
    assert.equal(await page.locator('[name=import-zone]').inputValue(), 'one.example');
    await page.keyboard.press('Escape');
    await field.waitFor({ state: 'detached' });
    await give('paste', [], 'just some words');
    assert.equal(await page.getByRole('dialog').count(), 0, 'a text without lines is no zone file');
    await give('paste', [], shop);
    await field.waitFor();
    assert.equal(await page.locator('[name=import-zone]').inputValue(), 'shop.example');
    await field.fill('');
    await page.keyboard.press('Escape');
  });

  await t.test('an import shows what the rules say before anything is written', async () => {
    await tab.button('Import').first().click();
    await page.locator('[name=zonefile]').fill(`${shop}mail CNAME shop.example.\n`);
    assert.equal(await page.locator('[name=import-zone]').inputValue(), 'shop.example');
    await tab.button('Show what it would do').click();
    await tab.see('has a CNAME record and other data');
    await page.locator('[name=zonefile]').fill(shop);
    await tab.button('Show what it would do').click();
    await tab.see('shop.example. 3600 A 192.0.2.80');
    assert.deepEqual((await server.api('GET', '/zones')).zones, [], 'nothing is written yet');
    await tab.accessible('the preview of an import');
    await tab.button('Create the zone').click();
    await page.waitForURL('**/zones/shop.example/records');
    await tab.row('mail', 'A').waitFor();
  });

  await t.test('Name, Type, Value, TTL, Create Record', async () => {
    const card = await tab.form('www', 'CNAME', { target: 'shop.example' });
    await card.getByLabel('TTL').fill('5m');
    await card.getByRole('paragraph').filter({ hasText: /^5 minutes$/ }).waitFor();
    const seen = card.getByRole('group', { name: 'What resolvers will see' });
    await seen.getByText('192.0.2.80').waitFor();
    assert.match(await seen.innerText(), /www\.shop\.example\.\s+300\s+CNAME\s+shop\.example\./);
    await tab.button('Create Record').click();
    await tab.row('www', 'CNAME').waitFor();
    const { records } = await server.api('GET', '/zones/shop.example/records?name=www');
    assert.deepEqual(records.map((r) => [r.type, r.content, r.ttl]), [['CNAME', 'shop.example.', 300]]);
    await tab.accessible('records');
  });

  await t.test('a conflict names the records and has its fixes as buttons', async () => {
    const card = await tab.form('mail', 'CNAME', { target: 'www.shop.example' });
    await card.getByText('A 192.0.2.25').waitFor();
    assert.equal(await tab.button('Create Record').isEnabled(), false, 'what the rules refuse cannot be created');
    for (const name of ['Use ALIAS instead', 'Replace the A record']) await card.getByRole('button', { name }).waitFor();
    await tab.accessible('a conflict');
    await card.getByRole('button', { name: 'Replace the A record' }).click();
    await card.getByText('Goes with it').waitFor();
    await card.getByRole('button', { name: 'Use ALIAS instead' }).waitFor({ state: 'detached' }); // the rules have spoken anew
    await card.getByRole('button', { name: 'Point directly at shop.example' }).click();
    assert.equal(await card.locator('[name=target]').inputValue(), 'shop.example.');
    await card.getByText('removes mail.shop.example. A').waitFor();
  });

  await t.test('several edits become one change, seen before it is applied', async () => {
    await tab.button('Add to a change').click();
    await tab.see('2 edits gathered.');
    await tab.form('api', 'A', { address: '192.0.2.81' });
    await tab.button('Add to the change').click();
    assert.deepEqual(await server.contents('shop.example', 'api', 'A'), [], 'nothing is written yet');
    await tab.button('Review and apply').click();
    const dialog = page.getByRole('dialog');
    for (const line of ['mail.shop.example. 3600 A 192.0.2.25', 'mail.shop.example. 3600 CNAME shop.example.', 'api.shop.example. 3600 A 192.0.2.81']) {
      await dialog.getByText(line, { exact: true }).waitFor();
    }
    await dialog.getByLabel('Reason').fill('the mail moves');
    await tab.accessible('the review');
    await tab.button('Apply the change').click();
    await dialog.waitFor({ state: 'hidden' });
    const { changes } = await server.api('GET', '/changes?zone=shop.example&limit=1&sets=true');
    assert.equal(changes[0].reason, 'the mail moves');
    assert.equal(changes[0].zones[0].sets.length, 3);
    assert.match(changes[0].author.name, /Ada/);
  });

  await t.test('and is taken back', async () => {
    await tab.button('Undo').last().click();
    await tab.see('Taken back.');
    assert.deepEqual(await server.contents('shop.example', 'mail', 'A'), ['192.0.2.25']);
    await tab.row('mail', 'A').waitFor();
    assert.equal(await tab.row('api', 'A').count(), 0);
  });

  await t.test('a zone is deleted and comes back', async () => {
    await tab.go('/zones');
    await page.getByRole('button', { name: 'Delete shop.example' }).click();
    await tab.button('Delete zone').click();
    await tab.see('No zones yet');
    await tab.button('Undo').last().click();
    await page.getByRole('link', { name: 'shop.example', exact: true }).waitFor();
    assert.deepEqual(await server.contents('shop.example', 'www', 'CNAME'), ['shop.example.']);
    await tab.see('healthy');
    await tab.accessible('zones');
  });

  await t.test('an export is the zone', async () => {
    const wait = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Export shop.example' }).click();
    const file = await wait;
    assert.equal(file.suggestedFilename(), 'shop.example.zone');
    const chunks = await (await file.createReadStream()).toArray();
    assert.match(Buffer.concat(chunks).toString(), /www\.shop\.example\. 300 IN CNAME shop\.example\./);
  });

  tab.clean();
});
