import assert from 'node:assert/strict';
import { test } from 'node:test';
import { missing, person, Tab } from '../lib/browser.mjs';
import { joinAs } from '../lib/people.mjs';
import { Truename } from '../lib/truename.mjs';

test('an operator makes, renames and deletes accounts', { skip: missing }, async (t) => {
  const server = await Truename.start(t);
  const tab = await Tab.open(t, server, { reducedMotion: 'reduce' });
  const { page } = tab;
  const dialog = page.getByRole('dialog');
  const accounts = async () => (await server.api('GET', '/users')).users;
  const named = async (name) => (await accounts()).filter((a) => a.full_name === name);
  const row = (name) => page.locator('[data-row]').filter({ has: page.getByRole('link', { name, exact: true }) });
  const make = async (name, email, owner) => {
    await tab.button('Make an account').click();
    await dialog.getByLabel('Name of the account').fill(name);
    await dialog.getByLabel('E-mail address of its owner').fill(email);
    await dialog.getByLabel('Name of its owner').fill(owner);
    await dialog.getByRole('button', { name: /^Make/ }).click();
  };
  const handOver = async () => {
    const link = await page.getByLabel('Link', { exact: true }).innerText();
    await tab.button('I have it').click();
    await dialog.waitFor({ state: 'hidden' });
    return link;
  };
  await tab.setUp();
  let link = '';
  let other;

  await t.test('with its first owner in one go, once even if that one cannot be invited at first', async () => {
    await page.locator('summary[aria-label^=Account]').click();
    await page.getByRole('link', { name: 'Accounts', exact: true }).click();
    await tab.see('There is no account but yours.');
    await make('Bakery', person.email, 'Olga');
    await dialog.getByRole('alert').waitFor();
    await dialog.getByText('nobody is invited yet').waitFor();
    await page.reload();
    await tab.button('Make an account').click();
    await dialog.getByText('nobody is invited yet').waitFor();
    await dialog.getByLabel('E-mail address of its owner').fill('olga@example.net');
    await tab.button('Make the link').click();
    link = await handOver();
    assert.equal((await named('Bakery')).length, 1);
    await row('Bakery').getByText('0 members').waitFor();
  });

  await t.test('it is not made again where its answer was lost', async () => {
    let lost = 0;
    await page.route('**/v1/users', async (route) => {
      if (route.request().method() !== 'POST' || lost++) return route.fallback();
      await route.fetch();
      await route.abort();
    });
    await make('Florist', 'flo@example.net', 'Flo');
    await handOver();
    await page.unroute('**/v1/users');
    const [florist, ...more] = await named('Florist');
    assert.equal(more.length, 0);
    const { members } = await server.api('GET', `/members?account=${florist.id}`);
    assert.deepEqual(members.map((m) => [m.email, m.role, m.state]), [['flo@example.net', 'owner', 'invited']]);
  });

  await t.test('its owner has members and tokens, and sees no other account', async () => {
    other = await joinAs(t, server, link);
    await other.go('/account');
    await other.page.getByRole('link', { name: 'Tokens', exact: true }).first().waitFor();
    assert.equal(await other.page.getByRole('link', { name: 'Accounts' }).count(), 0);
    await other.go('/accounts');
    await other.see('This page is not for you');
    await other.go('/account/members');
    await other.see('You are the last owner who has joined');
    assert.equal(await other.page.getByRole('main').getByText(person.name).count(), 0);
  });

  await t.test('accounts are found by their names, and renamed by keyboard', async () => {
    await page.getByLabel('Search accounts').fill('flor');
    await row('Bakery').waitFor({ state: 'detached' });
    await page.reload();
    await row('Florist').waitFor();
    assert.equal(await row('Bakery').count(), 0, 'the search outlives a reload');
    await page.getByRole('button', { name: 'Rename Florist' }).focus();
    await page.keyboard.press('Enter');
    await dialog.getByLabel('Name of the account').waitFor();
    await page.keyboard.press('ControlOrMeta+A');
    await page.keyboard.type('Florist South');
    await page.keyboard.press('Enter');
    await row('Florist South').waitFor();
    assert.equal((await named('Florist South')).length, 1);
    await page.getByLabel('Search accounts').fill('');
    await row('Bakery').waitFor();
  });

  await t.test('its members and tokens are those of no other', async () => {
    await row('Bakery').getByRole('link', { name: 'Bakery', exact: true }).click();
    await page.getByRole('list', { name: 'Members' }).getByRole('listitem').filter({ hasText: 'olga@example.net' }).waitFor();
    assert.equal(await page.getByRole('main').getByText(person.email).count(), 0);
    await tab.button('Invite somebody').click();
    await dialog.getByLabel('E-mail address').fill('ben@example.net');
    await tab.button('Make the link').click();
    await handOver();
    const [bakery] = await named('Bakery');
    await page.getByRole('list', { name: 'Open invitations' }).getByText('ben@example.net').waitFor();
    assert.equal((await server.api('GET', `/members?account=${bakery.id}`)).members.length, 2);
    await page.getByRole('link', { name: 'Tokens', exact: true }).click();
    await tab.see('No program has a token');
    await page.getByText(`curl -H "Authorization: Bearer $TOKEN" ${server.url}/v1/zones`).waitFor();
    await tab.button('Make a token').first().click();
    await dialog.getByLabel('Name', { exact: true }).fill('till');
    await dialog.getByRole('button', { name: 'Everything' }).click();
    await tab.button('Make the token').click();
    const secret = await page.getByLabel('Token', { exact: true }).innerText();
    await tab.button('I have it').click();
    const who = await (await fetch(`${server.url}/v1/users`, { headers: { Authorization: `Bearer ${secret}` } })).json();
    assert.deepEqual(who.data.users.map((u) => u.full_name), ['Bakery']);
    await tab.go('/accounts/00000000-0000-0000-0000-00000000dead/members');
    await page.getByRole('alert').waitFor();
    await page.getByRole('link', { name: 'To the accounts' }).click();
  });

  await t.test('one that goes leaves its zones to the operator', async () => {
    const [bakery] = await named('Bakery');
    await server.api('POST', '/zones', { name: 'bread.example', account: bakery.id });
    await page.reload();
    await row('Bakery').getByText('1 zone').waitFor();
    await page.getByRole('button', { name: 'Delete Bakery' }).click();
    await dialog.getByText('2 members and 1 token go with it').waitFor();
    await dialog.getByText('bread.example').waitFor();
    await tab.accessible('an account that goes');
    await dialog.getByRole('button', { name: 'Delete the account', exact: true }).click();
    await row('Bakery').waitFor({ state: 'detached' });
    const [zone] = (await server.api('GET', '/zones?name=bread.example')).zones;
    const [own] = (await accounts()).filter((a) => a.role === 'admin');
    assert.equal(zone.customer_id, own.id);
    await other.page.reload();
    await other.page.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
    other.clean();
  });

  await t.test('or takes them with it, when its name is typed', async () => {
    const [florist] = await named('Florist South');
    await server.api('POST', '/zones', { name: 'rose.example', account: florist.id });
    await page.getByRole('button', { name: 'Delete Florist South' }).click();
    await dialog.getByText('Delete it too.').click();
    const button = dialog.getByRole('button', { name: 'Delete the account and 1 zone' });
    assert.equal(await button.isDisabled(), true);
    await dialog.getByLabel('Type Florist South to confirm').fill('florist');
    assert.equal(await button.isDisabled(), true);
    await dialog.getByLabel('Type Florist South to confirm').fill('Florist South');
    // A zone that comes meanwhile was not told of, and is not deleted.
    await server.api('POST', '/zones', { name: 'tulip.example', account: florist.id });
    await button.click();
    await dialog.getByRole('alert').getByText('still has zones, tulip.example').waitFor();
    await dialog.getByText('It has 1 zone: tulip.example').waitFor();
    await dialog.getByRole('button', { name: 'Delete the account and 1 zone' }).click();
    await row('Florist South').waitFor({ state: 'detached' });
    assert.deepEqual((await server.api('GET', '/zones/deleted')).zones.map((z) => z.name).sort(), ['rose.example', 'tulip.example']);
    assert.equal(await page.getByRole('button', { name: /^Delete / }).count(), 0, 'the account that came with the server stays');
  });
  tab.clean();
});
