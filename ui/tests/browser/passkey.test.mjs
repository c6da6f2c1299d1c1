import { test } from 'node:test';
import { missing, Tab } from '../lib/browser.mjs';
import { Truename } from '../lib/truename.mjs';

// authenticator gives a tab an authenticator of software that says yes to everything.
async function authenticator(tab) {
  const cdp = await tab.context.newCDPSession(tab.page);
  await cdp.send('WebAuthn.enable');
  const options = { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true };
  await cdp.send('WebAuthn.addVirtualAuthenticator', { options });
}

test('a passkey is made, and opens the door', { skip: missing }, async (t) => {
  const server = await Truename.start(t);
  const tab = await Tab.open(t, server);
  const { page } = tab;
  await authenticator(tab);
  await tab.setUp();
  await tab.go('/account');
  await page.getByLabel('Name of the new passkey').fill('the laptop');
  await tab.button('Add a passkey').click();
  await tab.see('the laptop');
  await page.locator('summary[aria-label^=Account]').click();
  await tab.button('Sign out').click();
  await tab.button('Sign in with a passkey').click();
  await page.locator('summary[aria-label^=Account]').waitFor();
  await tab.see('the laptop');
  tab.clean();
});
