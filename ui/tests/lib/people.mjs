import { Tab } from './browser.mjs';

export const password = 'something long enough';

// joinAs is a window of somebody who joins by a link.
export async function joinAs(t, server, link, options = {}) {
  const tab = await Tab.open(t, server, options);
  const url = new URL(link);
  await tab.go(url.pathname + url.hash);
  await tab.page.getByLabel('Password').fill(password);
  await tab.button('Join').click();
  await tab.page.getByRole('heading', { name: 'Zones', exact: true }).waitFor();
  return tab;
}
