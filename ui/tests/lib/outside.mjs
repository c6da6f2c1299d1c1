// The rest of the internet, as far as a test needs it: another server on loopback that holds
// zones of others and is asked, as a resolver of others, what it says of names of ours.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const binary = process.env.TRUENAME ?? fileURLToPath(new URL('../../../bin/truename', import.meta.url));

const soa = '@ SOA ns1.outside.test. hostmaster.outside.test. SERIAL 7200 900 1209600 30\n@ NS ns1.outside.test.\n@ NS ns2.outside.test.\n';

export class Outside {
  // start begins before the server under test does, which then asks nobody else.
  static async start(t, zones) {
    const o = new Outside();
    o.dir = await mkdtemp(join(tmpdir(), 'truename-outside-'));
    o.serial = 0;
    for (const [zone, text] of Object.entries(zones)) await o.write(zone, text);
    o.process = spawn(binary, ['serve', '--zones', o.dir, '--data', join(o.dir, 'data'), '--dns', '127.0.0.1:0', '--http', 'off'], { stdio: ['ignore', 'pipe', 'pipe'] });
    t.after(() => o.end());
    const [, port] = await o.says(/answers DNS at 127\.0\.0\.1:(\d+)/);
    const hints = join(o.dir, 'hints');
    await writeFile(hints, '. 3600000 NS a.root.test.\na.root.test. 3600000 A 127.0.0.1\n');
    o.env = { TRUENAME_ROOT_HINTS: hints, TRUENAME_RESOLVER_PORT: port, TRUENAME_PROPAGATION_RESOLVER: `127.0.0.1:${port}`, TRUENAME_STUB: Object.keys(zones).map((z) => `${z}=127.0.0.1:${port}`).join(',') };
    Object.assign(process.env, o.env);
    return o;
  }

  async says(pattern) {
    let text = '';
    const found = new Promise((resolve) => {
      for (const stream of [this.process.stdout, this.process.stderr]) {
        stream.on('data', (d) => {
          text += d;
          const m = pattern.exec(text);
          if (m) resolve(m);
        });
      }
    });
    const gone = once(this.process, 'exit').then(() => {
      throw new Error(`the server outside ended:\n${text}`);
    });
    gone.catch(() => {});
    return Promise.race([found, gone]);
  }

  // write is the records of a zone, which are served a moment later.
  async write(zone, text) {
    const whole = `$ORIGIN ${zone}.\n$TTL 60\n${soa.replace('SERIAL', String(++this.serial))}${text}\n`;
    await writeFile(join(this.dir, `${zone}.zone`), whole);
    this.process?.kill('SIGHUP');
  }

  async end() {
    for (const name of Object.keys(this.env ?? {})) delete process.env[name];
    if (this.process.exitCode === null) {
      this.process.kill('SIGTERM');
      await once(this.process, 'exit');
    }
    await rm(this.dir, { recursive: true, force: true });
  }
}
