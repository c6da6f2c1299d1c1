import { test } from 'node:test';
import { fillAgency } from '../lib/agency.mjs';
import { missing, Tab } from '../lib/browser.mjs';
import { Outside } from '../lib/outside.mjs';
import { Truename } from '../lib/truename.mjs';

const looks = {
  light: { colorScheme: 'light' },
  dark: { colorScheme: 'dark' },
  'narrow and light': { viewport: { width: 360, height: 740 } },
  'narrow and dark': { viewport: { width: 360, height: 740 }, colorScheme: 'dark' },
  'as wide as 4K': { viewport: { width: 3840, height: 2160 } },
};

const long = `${'a-long-label-'.repeat(4)}end.${'b'.repeat(60)}`;

// The pages of names, with something by which it is seen that all is there.
const pages = [
  ['/names?q=web', 'main.example'],
  ['/names/web.main.example', 'Who follows'],
  [`/names/${long}.main.example`, 'Where it leads'],
  ['/move?from=web.main.example', 'Plan a move'],
  ['/history', 'main.example changed'],
  ['/zones/main.example/history', 'Restore to a time'],
  ['/check', '3 zones looked at'],
  ['/zones/main.example/check', '1 zone looked at'],
  ['/check/name?name=www.main.example', 'all well'],
  [`/check/propagation?name=${long}.main.example`, 'Held against'],
  ['/traffic', 'Nobody has asked yet'],
  ['/zones/main.example/traffic', '0 queries'],
  ['/zones/client.example/aliases', 'State of the targets'],
  ['/account', 'Where you are signed in'],
  ['/account/members', 'sees everything and changes nothing'],
  ['/account/tokens', 'everything'],
];

for (const [look, options] of Object.entries(looks)) {
  test(`the pages of names can be used by everybody, ${look}`, { skip: missing }, async (t) => {
    await Outside.start(t, { 'main.example': 'web A 192.0.2.10' });
    const server = await Truename.start(t);
    const tab = await Tab.open(t, server, options);
    await tab.setUp();
    await fillAgency(server, { clients: 30 });
    await server.change('main.example', { op: 'put', name: long, type: 'CNAME', contents: [`${long}.client.example`] }, { op: 'put', name: 'www', type: 'A', contents: ['127.0.0.1'] }, { op: 'remove', name: 'www', type: 'CNAME' });
    for (const [path, seen] of pages) {
      await tab.go(path);
      await tab.see(seen);
      await tab.accessible(`${path}, ${look}`);
      await tab.noSideways(`${path}, ${look}`);
    }
    tab.clean();
  });
}
