// Pictures of every page, in light, dark and narrow, from the real binary with a demo of a small
// agency: node tests/screenshots.mjs [DIRECTORY], docs/screenshots if it is left out.
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Tab } from './lib/browser.mjs';
import { Truename } from './lib/truename.mjs';

const dir = process.argv[2] ?? fileURLToPath(new URL('../../docs/screenshots', import.meta.url));

const looks = {
  '': { colorScheme: 'light' },
  '-dark': { colorScheme: 'dark' },
  '-narrow': { viewport: { width: 360, height: 780 }, colorScheme: 'light' },
};

// Each is a picture: where to go, and what to do there before it is taken.
const pictures = {
  zones: ['/zones', (tab) => tab.see('healthy')],
  import: [
    '/zones',
    async (tab) => {
      await tab.button('Import').first().click();
      await tab.page.locator('[name=zonefile]').fill('$ORIGIN bakery.example.\n$TTL 3600\n@ SOA ns1.example.org. h.bakery.example. 1 7200 900 1209600 300\n@ NS ns1.example.org.\n@ NS ns2.example.org.\n@ ALIAS main.agency.example.\nwww CNAME bakery.example.\nshop CNAME www.bakery.example.\n');
      await tab.button('Show what it would do').click();
      await tab.see('records read');
    },
  ],
  records: ['/zones/agency.example/records', (tab) => tab.row('main', 'A').waitFor()],
  chosen: [
    '/zones/agency.example/records',
    async (tab) => {
      for (const name of ['main A', 'main AAAA', 'mail A']) await tab.page.getByRole('checkbox', { name: new RegExp(`^Choose ${name} `) }).check();
      await tab.page.getByRole('region', { name: 'Chosen records' }).scrollIntoViewIfNeeded();
    },
  ],
  conflict: [
    '/zones/agency.example/records',
    async (tab) => {
      await tab.form('mail', 'CNAME', { target: 'www.agency.example' });
      await tab.see('Use ALIAS instead');
    },
  ],
  review: [
    '/zones/agency.example/records',
    async (tab) => {
      await tab.form('status', 'A', { address: '192.0.2.77' });
      await tab.button('Add to a change').click();
      await tab.see('gathered.');
      await tab.form('status', 'TXT', { text: 'page of the status' });
      await tab.button('Add to the change').click();
      await tab.button('Review and apply').click();
      await tab.page.getByRole('dialog').getByText('status.agency.example. 3600 A').waitFor();
    },
  ],
  name: ['/names/main.agency.example'],
  move: ['/move'],
  history: ['/history'],
  aliases: ['/zones/client0.example/aliases'],
  check: ['/check'],
  'zone-check': ['/zones/agency.example/check'],
  traffic: ['/traffic'],
  account: ['/account'],
  members: ['/account/members'],
  tokens: ['/account/tokens'],
  accounts: ['/accounts', (tab) => tab.see('1 member')],
};

async function demo(server) {
  const put = (name, type, ...contents) => ({ op: 'put', name, type, contents });
  const zone = (name, ...edits) => ({ zone: name, create: {}, edits });
  const zones = [
    zone('agency.example', put('main', 'A', '192.0.2.10'), put('main', 'AAAA', '2001:db8::10'), put('@', 'ALIAS', 'main.agency.example'), put('www', 'CNAME', 'main.agency.example'), put('mail', 'A', '192.0.2.25'), put('@', 'MX', '10 mail.agency.example'), put('@', 'TXT', 'v=spf1 mx -all'), put('_sip._tcp', 'SRV', '10 5 5060 main.agency.example'), put('@', 'CAA', '0 issue "letsencrypt.org"')),
    ...Array.from({ length: 12 }, (_, i) => zone(`client${i}.example`, put('@', 'ALIAS', 'main.agency.example'), put('www', 'CNAME', i % 4 ? 'main.agency.example' : `client${i}.example`))),
  ];
  await server.api('POST', '/changes', { reason: 'the first zones', zones });
}

const after = [];
const t = { after: (f) => after.unshift(f) };
try {
  await mkdir(dir, { recursive: true });
  const server = await Truename.start(t);
  const shoot = async (tab, name) => {
    await tab.page.waitForLoadState('networkidle', { timeout: 3000 }).catch(() => {});
    await tab.page.screenshot({ path: `${dir}/${name}.png` });
  };
  await demo(server);
  let state;
  for (const [look, options] of Object.entries(looks)) {
    const tab = await Tab.open(t, server, { ...options, storageState: state });
    if (!state) {
      await tab.go('/setup');
      await tab.page.getByLabel('Setup code').waitFor();
      await shoot(tab, 'setup');
      await tab.setUp();
      state = await tab.context.storageState();
    }
    for (const [name, [path, prepare]] of Object.entries(pictures)) {
      await tab.go('/zones');
      await tab.page.evaluate(() => sessionStorage.clear());
      await tab.go(path);
      await tab.page.locator('h1').first().waitFor();
      await prepare?.(tab);
      await shoot(tab, name + look);
    }
    tab.clean();
  }
} finally {
  for (const f of after) await f();
}
