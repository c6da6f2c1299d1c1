// Starts the real binary with a store of its own and free ports.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const binary = process.env.TRUENAME ?? fileURLToPath(new URL('../../../bin/truename', import.meta.url));

// freePort is below the ports that a system gives to who connects anywhere: a browser whose
// server is being started again would get it sooner or later.
async function freePort() {
  for (;;) {
    const port = 10_000 + Math.floor(Math.random() * 20_000);
    const s = createServer();
    const free = await new Promise((tell) => s.once('error', () => tell(false)).listen(port, '127.0.0.1', () => tell(true)));
    if (!free) continue;
    s.close();
    await once(s, 'close');
    return port;
  }
}

export class Truename {
  token = 'a-token-for-tests-of-the-dashboard';

  // start is a server that is ready; t is the test at whose end it stops.
  static async start(t) {
    const s = new Truename();
    s.data = await mkdtemp(join(tmpdir(), 'truename-ui-'));
    s.port = await freePort();
    s.url = `http://localhost:${s.port}`;
    t.after(() => s.end());
    await s.run();
    return s;
  }

  async run() {
    const args = ['serve', '--data', this.data, '--dns', '127.0.0.1:0', '--http', `127.0.0.1:${this.port}`];
    args.push('--name-server', 'ns1.example.org', '--name-server', 'ns2.example.org');
    // Nobody outside is asked: only those of loopback that a test has started (outside.mjs).
    if (!process.env.TRUENAME_ROOT_HINTS) args.push('--forward', '127.0.0.1:1', '--propagation-resolver', 'off');
    const env = { ...process.env, TRUENAME_ADMIN_TOKEN: this.token };
    this.process = spawn(binary, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.output = '';
    for (const stream of [this.process.stdout, this.process.stderr]) stream.on('data', (d) => (this.output += d));
    const gone = once(this.process, 'exit').then(() => {
      throw new Error(`the server ended:\n${this.output}`);
    });
    gone.catch(() => {});
    await Promise.race([this.ready(), gone]);
    this.setupCode = /^ +([A-Z2-7]{4}(?:-[A-Z2-7]{2,4}){4,})$/m.exec(this.output)?.[1] ?? this.setupCode;
  }

  async ready() {
    for (;;) {
      const res = await fetch(`${this.url}/v1/health`).catch(() => null);
      if (res?.ok && this.output.includes('answers DNS')) return;
      await new Promise((go) => setTimeout(go, 50));
    }
  }

  async stop() {
    if (this.process.exitCode !== null) return;
    this.process.kill('SIGTERM');
    await once(this.process, 'exit');
  }

  async end() {
    await this.stop();
    await rm(this.data, { recursive: true, force: true });
  }

  // api is a request with the admin's token.
  async api(method, path, body, headers = {}) {
    const text = typeof body === 'string';
    const res = await fetch(`${this.url}/v1${path}`, {
      method,
      headers: { Authorization: `Bearer ${this.token}`, 'Content-Type': text ? 'text/dns' : 'application/json', ...headers },
      body: text ? body : body && JSON.stringify(body),
    });
    const answer = res.status === 204 ? {} : await res.json();
    if (!res.ok) throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`);
    return answer.data;
  }

  change = (zone, ...edits) => this.api('POST', '/changes', { zones: [{ zone, edits }] });

  // contents is what the server has of a name and type, sorted.
  async contents(zone, name, type) {
    const { records } = await this.api('GET', `/zones/${zone}/records?limit=1000&name=${encodeURIComponent(name)}&type=${type}`);
    return records.map((r) => r.content).sort();
  }
}
