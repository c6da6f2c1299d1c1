import { test } from 'node:test';
import { missing, Tab } from '../lib/browser.mjs';
import { Truename } from '../lib/truename.mjs';

test('the pages of accounts can be used by everybody', { skip: missing }, async (t) => {
  const server = await Truename.start(t);
  const tab = await Tab.open(t, server, { reducedMotion: 'reduce' });
  const { page } = tab;
  const dialog = page.getByRole('dialog');
  await tab.setUp();
  const { user } = await server.api('POST', '/users', { full_name: `Bakery ${'of a long name '.repeat(5)}` });
  await server.api('POST', '/members', { account: user.id, email: `${'long-'.repeat(9)}@example.net`, role: 'owner' });
  await server.api('POST', '/members', { email: 'bob@example.net', name: 'Bob', role: 'viewer' });
  await server.api('POST', `/users/${user.id}/apikeys`, { name: 'a token', scopes: ['zones:read'], zones: [`${'long-label-'.repeat(5)}.example`] });
  const pages = [
    ['/accounts', '0 members', 'Make an account', /^Rename Bakery/, /^Delete Bakery/],
    [`/accounts/${user.id}/members`, 'Open invitations', 'Invite somebody', /^Change role/, /^New link/, /^Withdraw/],
    [`/accounts/${user.id}/tokens`, 'a token', /^Make a token/, /^Revoke/],
    ['/account/members', 'Open invitations'],
    ['/account/tokens', 'everything'],
  ];
  const check = async (what) => {
    await tab.accessible(what);
    await tab.noSideways(what);
  };
  for (const [look, usual, other, width] of [['wide', 'light', 'dark', 1280], ['narrow', 'dark', 'light', 360]]) {
    await t.test(look, async () => {
      await page.setViewportSize({ width, height: 800 });
      for (const [path, seen, ...buttons] of pages) {
        for (const colorScheme of [other, usual]) {
          await page.emulateMedia({ colorScheme });
          await tab.go(path);
          await tab.see(seen);
          await check(`${path}, ${look} and ${colorScheme}`);
        }
        for (const name of buttons) {
          await page.getByRole('button', { name }).first().click();
          await dialog.waitFor();
          await check(`${path}: ${name}, ${look} and ${usual}`);
          await page.keyboard.press('Escape');
          await dialog.waitFor({ state: 'hidden' });
        }
      }
    });
  }
  tab.clean();
});
