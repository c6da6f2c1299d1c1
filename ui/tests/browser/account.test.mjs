import assert from 'node:assert/strict';
import { test } from 'node:test';
import { missing, person, Tab } from '../lib/browser.mjs';
import { Truename } from '../lib/truename.mjs';

test('people, passwords and tokens', { skip: missing }, async (t) => {
  const server = await Truename.start(t);
  const tab = await Tab.open(t, server);
  const { page } = tab;
  const dialog = page.getByRole('dialog');
  await tab.setUp();
  await server.api('POST', '/zones', { name: 'example.com' });
  let link = '';

  await t.test('somebody is invited by a link that is shown once', async () => {
    await tab.go('/account/members');
    await tab.button('Invite somebody').click();
    await dialog.getByLabel('E-mail address').fill('bob@example.net');
    await dialog.getByLabel('Name').fill('Bob');
    await page.reload();
    await tab.button('Invite somebody').click();
    assert.equal(await dialog.getByLabel('E-mail address').inputValue(), 'bob@example.net', 'what is typed outlives a reload');
    await dialog.getByLabel('Role').selectOption('viewer');
    await tab.accessible('an invitation');
    await tab.button('Make the link').click();
    link = await page.getByLabel('Link', { exact: true }).innerText();
    assert.match(link, /\/join#/);
    await page.keyboard.press('Escape');
    await tab.see('It is shown this once.');
    await tab.button('I have it').click();
    await dialog.waitFor({ state: 'hidden' });
    const members = page.getByRole('list', { name: 'Members' }).getByRole('listitem');
    await members.filter({ hasText: 'Bob' }).getByText('invited').waitFor();
    await tab.accessible('members');
  });

  await t.test('a viewer sees no members, no tokens, nothing to change', async () => {
    const other = await Tab.open(t, server);
    await other.go(new URL(link).pathname + new URL(link).hash);
    await other.page.getByLabel('Password').fill('something long enough');
    await other.button('Join').click();
    await other.page.getByRole('heading', { name: 'Zones', exact: true }).waitFor();
    await other.go('/account');
    await other.page.getByRole('heading', { name: 'Your account' }).waitFor();
    assert.equal(await other.page.getByRole('link', { name: 'Tokens' }).count(), 0);
    await other.go('/zones/example.com/history');
    await other.page.getByRole('heading', { name: 'History of example.com' }).waitFor();
    assert.equal(await other.button('Restore to a time').count(), 0);
    assert.equal(await other.page.getByRole('link', { name: 'Move', exact: true }).count(), 0);

    await page.getByLabel('Role of Bob').selectOption('editor');
    await tab.see('Bob is editor now.');
    await other.page.reload();
    await other.button('Restore to a time').waitFor();

    await page.getByRole('list', { name: 'Members' }).getByRole('listitem').filter({ hasText: 'Bob' }).getByRole('button', { name: 'Remove' }).click();
    await dialog.getByRole('button', { name: 'Remove' }).click();
    await tab.see('Bob is removed.');
    await other.page.reload();
    await other.page.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
    other.clean();
  });

  await t.test('the last owner stays one', async () => {
    await page.getByLabel(`Role of ${person.name}`).selectOption('viewer');
    await page.getByRole('alert').waitFor();
    await page.reload();
    assert.equal(await page.getByLabel(`Role of ${person.name}`).inputValue(), 'owner');
  });

  await t.test('a token is narrowed, shown once, and revoked', async () => {
    await page.getByRole('link', { name: 'Tokens', exact: true }).click();
    await tab.button('Make a token').click();
    await dialog.getByLabel('Name', { exact: true }).fill('ci');
    await tab.button('Read').click();
    await dialog.getByText('Narrow it further').click();
    await dialog.getByLabel('Only these zones').fill('example.com');
    await tab.accessible('a new token');
    await tab.button('Make the token').click();
    const secret = await page.getByLabel('Token', { exact: true }).innerText();
    await tab.button('I have it').click();
    const use = (method, path, body) => fetch(`${server.url}/v1${path}`, { method, headers: { Authorization: `Bearer ${secret}`, 'Content-Type': 'application/json' }, body }).then((r) => r.status);
    assert.equal(await use('GET', '/zones/example.com/records'), 200);
    assert.equal(await use('POST', '/zones/example.com/records', '{"name":"x","type":"A","content":"192.0.2.1"}'), 403);
    const item = page.getByRole('list', { name: 'Tokens' }).getByRole('listitem').filter({ hasText: 'ci' });
    await item.getByText('zones:read').waitFor();
    await item.getByText('only in example.com').waitFor();
    assert.equal((await page.content()).includes(secret), false, 'it is nowhere on the page any more');
    await tab.accessible('tokens');
    await item.getByRole('button', { name: 'Revoke' }).click();
    await dialog.getByRole('button', { name: 'Revoke' }).click();
    await tab.see('The token ci works no more.');
    assert.equal(await use('GET', '/zones/example.com/records'), 401);
  });

  await t.test('a new password ends all other sessions', async () => {
    const other = await Tab.open(t, server);
    await other.go('/');
    await other.page.getByLabel('E-mail address').fill(person.email);
    await other.page.getByLabel('Password').fill(person.password);
    await other.page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await other.page.getByRole('heading', { name: 'Zones', exact: true }).waitFor();

    await tab.go('/account');
    const sessions = page.locator('section').filter({ has: page.getByRole('heading', { name: 'Where you are signed in' }) });
    await sessions.getByRole('listitem').nth(1).waitFor();
    await tab.accessible('an account');
    await page.getByLabel('Present password').fill('not this one');
    await page.getByLabel('New password').fill('another long password');
    await tab.button('Change the password').click();
    await page.getByRole('alert').waitFor();
    await page.getByLabel('Present password').fill(person.password);
    await tab.button('Change the password').click();
    await tab.see('Your password is changed');
    await sessions.getByRole('listitem').nth(1).waitFor({ state: 'detached' });
    await other.page.reload();
    await other.page.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
    other.clean();
  });

  await t.test('a name is changed', async () => {
    await page.getByLabel('Name', { exact: true }).fill('Ada L.');
    await tab.button('Save the name').click();
    await tab.see('Your name is changed.');
    await page.locator('summary').filter({ hasText: 'Ada L.' }).waitFor();
  });
  tab.clean();
});

test('signing in with a passkey', { skip: missing }, async (t) => {
  const server = await Truename.start(t);
  const tab = await Tab.open(t, server);
  const { page } = tab;
  const cdp = await tab.context.newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  const options = { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true };
  await cdp.send('WebAuthn.addVirtualAuthenticator', { options });
  await tab.setUp();
  await tab.go('/account');
  await page.getByLabel('Name of the new passkey').fill('Laptop');
  await tab.button('Add a passkey').click();
  await tab.see('The passkey is added.');
  await tab.see('never used');
  await tab.accessible('passkeys');
  await page.locator('summary').filter({ hasText: person.name }).click();
  await tab.button('Sign out').click();
  await tab.button('Sign in with a passkey').click();
  await page.getByRole('heading', { name: 'Your account' }).waitFor();
  await page.getByText(/used just now/).first().waitFor();
  await tab.button('Remove').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await tab.see('Sign in without a password');
  tab.clean();
});
