// The built binary as a user starts it: its own data folder, a port of its own, and a clock that stands still.

import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const BINARY = process.env.DUEWELL_BIN ?? join(ROOT, 'target/debug/duewell');

/** The first day of every story: a Monday, at eleven in Berlin, when people may be written to. */
export const MONDAY = '2026-11-23T10:00:00Z';
export const TUESDAY = '2026-11-24T10:00:00Z';
export const WEDNESDAY = '2026-11-25T10:00:00Z';

const running = new Set();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));

async function freePort() {
  const probe = createServer();
  await new Promise((resolve, reject) => probe.once('error', reject).listen(0, '127.0.0.1', resolve));
  const { port } = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

/** One installation. It keeps its data and its address over stops and starts. */
export class Server {
  /** @param {{ database?: string }} [options] the address of an empty PostgreSQL database; SQLite without it */
  static async make({ database } = {}) {
    const server = new Server();
    server.folder = await mkdtemp(join(tmpdir(), 'duewell-e2e-'));
    server.data = join(server.folder, 'data');
    server.database = database;
    server.port = await freePort();
    server.url = `http://127.0.0.1:${server.port}`;
    return server;
  }

  #arguments(asOf) {
    const database = this.database ? ['--database', this.database] : [];
    return ['--data', this.data, '--as-of', asOf, '--zone', 'Europe/Berlin', ...database];
  }

  /** Runs a command of the program to its end and returns what it printed. */
  command(asOf, ...words) {
    const done = spawnSync(BINARY, [...this.#arguments(asOf), ...words], { encoding: 'utf8', env: environment() });
    if (done.error) throw done.error;
    if (done.status !== 0) throw new Error(`duewell ${words.join(' ')} ended with ${done.status}: ${done.stderr}${done.stdout}`);
    return done.stdout;
  }

  /** Starts the pages with the clock at a moment. The day runs only when somebody asks for it. */
  async start(asOf = MONDAY) {
    const words = ['serve', '--listen', `127.0.0.1:${this.port}`, '--run-at', '24'];
    const child = spawn(BINARY, [...this.#arguments(asOf), ...words], { env: environment(), stdio: ['ignore', 'pipe', 'pipe'] });
    running.add(child);
    this.child = child;
    this.asOf = asOf;
    this.log = '';
    this.setUpLink = undefined;
    this.ended = new Promise((resolve) => child.once('close', (code) => {
      running.delete(child);
      resolve(code);
    }));
    child.stderr.on('data', (bytes) => { this.log += bytes; });
    await new Promise((resolve, reject) => {
      child.once('error', reject);
      this.ended.then((code) => reject(new Error(`the server ended with ${code} before it was ready: ${this.log}`)));
      createInterface({ input: child.stdout }).on('line', (line) => {
        this.log += `${line}\n`;
        const link = /^\s+(http:\S+\/join\/\S+)$/.exec(line);
        if (link) this.setUpLink = link[1];
        // The last line that tells how to come in.
        if (link || line.startsWith('Sign in with')) resolve();
      });
    });
    return this;
  }

  /** Asks the server to end, as a service manager does, and expects that it ends well. */
  async stop() {
    if (!this.child) return;
    this.child.kill('SIGTERM');
    const code = await this.ended;
    this.child = undefined;
    if (code !== 0 || this.log.includes('panicked at')) throw new Error(`the server ended with ${code}: ${this.log}`);
  }

  /** Goes on with the same data at another moment. */
  async restart(asOf) {
    await this.stop();
    return this.start(asOf);
  }

  /** Stops the server and takes its data away. */
  async remove() {
    try {
      await this.stop();
    } finally {
      await rm(this.folder, { recursive: true, force: true });
    }
  }
}

/** The program sees nothing of the environment but what it needs to run. */
function environment() {
  return { PATH: process.env.PATH, TMPDIR: tmpdir() };
}
