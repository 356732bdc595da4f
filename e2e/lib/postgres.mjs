// A PostgreSQL server of this process alone, as the tests of the store start one.

import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

function programs() {
  const versions = '/usr/lib/postgresql';
  const places = existsSync(versions) ? readdirSync(versions).sort().reverse().map((one) => join(versions, one, 'bin')) : [];
  places.push(...(process.env.PATH ?? '').split(delimiter));
  return places.find((place) => existsSync(join(place, 'initdb')) && existsSync(join(place, 'postgres')));
}

/** The server refuses to run as root: as root, everything runs as the first of these users there is. */
function unprivileged() {
  if (process.getuid() !== 0) return undefined;
  return ['postgres', 'nobody'].find((user) => {
    try {
      execFileSync('id', [user], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  });
}

/** Starts a cluster; `undefined` where PostgreSQL's programs are not installed, which under `CI` is a failure. */
export async function startPostgres() {
  const bin = programs();
  if (!bin) {
    if (process.env.CI) throw new Error("PostgreSQL's server programs were not found");
    console.log('skipped on PostgreSQL: its server programs (initdb, postgres) were not found');
    return undefined;
  }
  const folder = mkdtempSync(join(tmpdir(), 'duewell-pg-'));
  const user = unprivileged();
  if (user) execFileSync('chown', [user, folder]);
  // The pipe closes when this process dies, however it dies; then the shell stops the server and cleans up.
  const script = `
    cd ${folder} && ${bin}/initdb -D data -U duewell -A trust --locale=C -E UTF8 --no-sync >initdb.log 2>&1 || { cat initdb.log >&2; exit 1; }
    ${bin}/postgres -D data -k ${folder} -c listen_addresses= -c fsync=off -c full_page_writes=off -c shared_buffers=32MB >postgres.log 2>&1 & p=$!
    i=0; while [ ! -S ${folder}/.s.PGSQL.5432 ] && [ $i -lt 300 ]; do sleep 0.1; i=$((i+1)); done
    while [ $i -lt 300 ] && ! ${bin}/psql -h ${folder} -U duewell -d postgres -qc 'create database book' 2>/dev/null; do sleep 0.1; i=$((i+1)); done
    [ $i -lt 300 ] || { cat postgres.log >&2; exit 1; }
    echo ready; cat >/dev/null; kill -QUIT $p; wait $p; cd /; rm -rf ${folder}`;
  const [command, ...words] = user ? ['runuser', '-u', user, '--', 'sh', '-c', script] : ['sh', '-c', script];
  const shell = spawn(command, words, { cwd: '/', stdio: ['pipe', 'pipe', 'inherit'] });
  // A test that fails must not wait for a server that waits for the test.
  shell.unref();
  shell.stdin.unref();
  await new Promise((resolve, reject) => {
    shell.once('error', reject);
    shell.once('close', (code) => reject(new Error(`PostgreSQL did not start: ${code}`)));
    shell.stdout.once('data', resolve);
  });
  shell.stdout.unref();
  return {
    url: `postgres://duewell@${encodeURIComponent(folder)}/book`,
    stop: () => new Promise((resolve) => {
      shell.once('close', resolve);
      shell.stdin.end();
    }),
  };
}
