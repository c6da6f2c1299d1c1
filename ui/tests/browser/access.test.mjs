import assert from 'node:assert/strict';
import { test } from 'node:test';
import { missing, person, Tab } from '../lib/browser.mjs';
import { Truename } from '../lib/truename.mjs';

const looks = {
  light: { colorScheme: 'light' },
  dark: { colorScheme: 'dark' },
  'narrow and light': { viewport: { width: 360, height: 740 } },
  'narrow and dark': { viewport: { width: 360, height: 740 }, colorScheme: 'dark' },
  'as wide as 4K': { viewport: { width: 3840, height: 2160 } },
};

for (const [look, options] of Object.entries(looks)) {
  test(`pages can be used by everybody, ${look}`, { skip: missing }, async (t) => {
    const server = await Truename.start(t);
    const tab = await Tab.open(t, server, options);
    const { page } = tab;
    const check = async (what) => {
      await tab.accessible(`${what}, ${look}`);
      await tab.noSideways(`${what}, ${look}`);
    };
    await tab.go('/');
    await page.getByLabel('Setup code').waitFor();
    await check('setup');
    await tab.setUp();
    await server.api('POST', '/zones', { name: 'example.com' });
    await server.change('example.com', { op: 'put', name: 'www', type: 'CNAME', contents: [`${'a-long-label-'.repeat(4)}end.${'b'.repeat(60)}.example.net`] });
    await tab.go('/zones');
    await tab.see('healthy');
    await check('zones');
    await tab.button('Create zone').click();
    await page.getByLabel('Name', { exact: true }).waitFor();
    await check('a new zone');
    await page.keyboard.press('Escape');
    await tab.go('/zones/example.com/records');
    await tab.row('www', 'CNAME').waitFor();
    await tab.form('www', 'TXT', { text: 'beside a CNAME' });
    await tab.see('has a CNAME record and other data');
    await check('a conflict');
    await page.getByRole('button', { name: /^Edit www CNAME/ }).click();
    await page.locator('[data-open] form').waitFor();
    await check('an edit');
    await page.locator('summary[aria-label^=Account]').click();
    await page.getByRole('group', { name: 'Colours' }).waitFor();
    await check('the menu');
    const menu = page.getByRole('navigation', { name: 'Main' }).locator('summary');
    if (await menu.count()) {
      await menu.click();
      await page.getByRole('link', { name: 'History' }).first().waitFor();
      await check('the main menu');
    }
    await tab.go('/no/such/page');
    await tab.see('There is no such page');
    await check('no page');
    await page.locator('summary[aria-label^=Account]').click();
    await tab.button('Sign out').click();
    await page.getByLabel('Password').waitFor();
    await check('sign-in');
    tab.clean();
  });
}

test('everything by keyboard', { skip: missing }, async (t) => {
  const server = await Truename.start(t);
  const tab = await Tab.open(t, server);
  const { page } = tab;
  const { keyboard } = page;
  const focus = () => page.evaluate(() => document.activeElement.getAttribute('aria-label') || document.activeElement.innerText || document.activeElement.name);
  // tabTo presses the key until something of that label has the focus.
  const tabTo = async (label, key = 'Tab') => {
    for (let i = 0; i < 60; i++) {
      if (label.test((await focus()) ?? '')) return;
      await keyboard.press(key);
    }
    assert.fail(`nothing that is called ${label} can be reached`);
  };
  await tab.setUp();
  await keyboard.press('Tab');
  assert.match(await focus(), /Skip to the content/);
  await keyboard.press('Enter');
  await tabTo(/^Create zone$/);
  await keyboard.press('Enter');
  await page.getByLabel('Name', { exact: true }).waitFor();
  await keyboard.type('keys.example');
  await keyboard.press('Enter');
  await page.waitForURL('**/zones/keys.example/records');
  await page.locator('[name=name]').waitFor();
  await tabTo(/^name$/);
  await keyboard.type('www');
  await keyboard.press('Tab');
  await keyboard.type('AAAA');
  await keyboard.press('Tab');
  await keyboard.type('2001:db8::1');
  await keyboard.press('Enter');
  await tab.row('www', 'AAAA').waitFor();
  assert.equal(await focus(), 'name', 'the next record can be typed at once');
  await tabTo(/^Edit www AAAA/);
  await keyboard.press('Enter');
  await page.locator('[data-open] form').waitFor();
  assert.equal(await focus(), 'address');
  await keyboard.press('Control+A');
  await keyboard.type('2001:db8::2');
  await tabTo(/^Save$/);
  await keyboard.press('Enter');
  await page.locator('[data-open]').waitFor({ state: 'detached' });
  assert.deepEqual(await server.contents('keys.example', 'www', 'AAAA'), ['2001:db8::2']);
  await page.locator('summary[aria-label^=Account]').focus();
  await keyboard.press('Enter');
  await tabTo(/^Sign out$/);
  await keyboard.press('Enter');
  await page.getByLabel('E-mail address').fill(person.email);
  await page.getByLabel('Password').fill(person.password);
  await keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Records', exact: true }).waitFor();
  tab.clean();
});

test('who they are is asked once more before somebody else is let in', { skip: missing }, async (t) => {
  const server = await Truename.start(t);
  const tab = await Tab.open(t, server);
  const { page } = tab;
  await tab.setUp();
  const refuse = (route) => route.fulfill({ status: 403, json: { status: 'error', error: { code: 'REAUTHENTICATE', message: 'say once more who you are' } } });
  const invite = async (email) => {
    await tab.go('/account/members');
    await page.route('**/v1/members', (r) => (r.request().method() === 'POST' ? refuse(r) : r.continue()), { times: 2 });
    await tab.button('Invite somebody').click();
    await page.getByLabel('E-mail address').fill(email);
    await tab.button('Make the link').click();
    await dialog.waitFor();
  };
  const dialog = page.getByRole('dialog', { name: 'Is it still you?' });
  await invite('vera@example.net');
  await tab.accessible('asked who one is');
  await dialog.getByLabel('Your password').fill('not this one at all');
  await tab.button('Go on').click();
  await dialog.getByRole('alert').waitFor();
  await page.unroute('**/v1/members');
  await dialog.getByLabel('Your password').fill(person.password);
  await tab.button('Go on').click();
  await tab.see('It is shown this once.');
  assert.equal((await server.api('GET', '/members')).members.length, 2, 'what was to be done was done once');
  await invite('otto@example.net');
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await dialog.waitFor({ state: 'hidden' });
  assert.equal(await page.getByLabel('E-mail address').inputValue(), 'otto@example.net', 'what was typed stays');
  tab.clean();
});

test('one who may only look sees no way to change anything', { skip: missing }, async (t) => {
  const server = await Truename.start(t);
  const tab = await Tab.open(t, server);
  await tab.setUp();
  await server.api('POST', '/zones', { name: 'example.com' });
  const csrf = await tab.page.evaluate(async () => (await (await fetch('/v1/session')).json()).data.session.csrf);
  const invite = await tab.page.evaluate(
    async ([csrf, body]) => (await (await fetch('/v1/members', { method: 'POST', headers: { 'X-CSRF-Token': csrf, 'Content-Type': 'application/json' }, body })).json()).data.invite,
    [csrf, JSON.stringify({ email: 'vera@example.net', name: 'Vera', role: 'viewer' })],
  );
  const other = await Tab.open(t, server);
  await other.go(new URL(invite.url).pathname + new URL(invite.url).hash);
  await other.page.getByLabel('Password').fill('something long enough');
  await other.accessible('joining');
  await other.button('Join').click();
  await other.page.getByRole('link', { name: 'example.com', exact: true }).click();
  await other.row('@', 'NS').first().waitFor();
  assert.equal(await other.button('Create Record').count(), 0);
  assert.equal(await other.page.getByRole('button', { name: /^Edit/ }).count(), 0);
  await other.go('/zones');
  await other.page.getByRole('link', { name: 'example.com', exact: true }).waitFor();
  assert.equal(await other.button('Create zone').count(), 0);
  assert.equal(await other.page.getByRole('button', { name: /^Delete/ }).count(), 0);
  for (const path of ['/account/members', '/account/tokens', '/move']) {
    await other.go(path);
    await other.see('This page is not for you');
  }
  await other.accessible('a page for others');
  other.clean();

  await t.test('what somebody types is not handed to the next one in the same window', async () => {
    const { page } = tab;
    const enter = async (within, email, password) => {
      await within.getByLabel('E-mail address').fill(email);
      await within.getByLabel('Password').fill(password);
      await within.getByRole('button', { name: 'Sign in', exact: true }).click();
    };
    await tab.go('/zones/example.com/records');
    await tab.form('mine', 'A', { address: '192.0.2.9' });
    await tab.button('Add to a change').click();
    await tab.see('1 edit gathered.');
    await tab.form('half', 'A', { address: '192.0.2.10' });
    await page.locator('summary[aria-label^=Account]').click();
    await tab.button('Sign out').click();
    await enter(page, 'vera@example.net', 'something long enough');
    await tab.row('@', 'NS').first().waitFor();
    assert.equal(await page.getByText('gathered').count(), 0);
    await page.locator('summary[aria-label^=Account]').click();
    await tab.button('Sign out').click();
    await enter(page, person.email, person.password);
    await tab.see('1 edit gathered.');
    assert.equal(await page.locator('[name=name]').inputValue(), 'half', 'but to the same one');

    await page.context().clearCookies();
    await tab.button('Add to the change').click();
    await tab.button('Review and apply').click();
    const dialog = page.getByRole('dialog', { name: 'Sign in again' });
    await dialog.waitFor();
    await dialog.getByLabel('E-mail address').fill('vera@example.net');
    await enter(dialog, 'vera@example.net', 'something long enough');
    await dialog.waitFor({ state: 'detached' });
    await tab.row('@', 'NS').first().waitFor();
    assert.equal(await page.getByText('gathered').count(), 0);
    assert.deepEqual(await server.contents('example.com', 'mine', 'A'), []);
  });
  tab.clean();
});
