import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

function path(name) {
  return fileURLToPath(new URL(name, import.meta.url));
}

/** Starts a server script; resolves with what it sends when it listens. */
export function startServer(script, args) {
  const child = fork(path(script), args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`${script} ended with ${code}`)));
    child.once('message', (ready) => {
      child.removeAllListeners('exit');
      resolve({
        ...ready,
        pid: child.pid,
        stop: () =>
          new Promise((done) => {
            child.once('exit', done);
            child.kill('SIGTERM');
          }),
      });
    });
  });
}

/** Runs a load to its end; resolves with its figures. */
export function runLoad(url, requests, connections) {
  const child = fork(path('load-client.mjs'), [url, String(requests), String(connections)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  return new Promise((resolve, reject) => {
    let figures;
    child.once('message', (message) => {
      figures = message;
    });
    child.once('exit', (code) => {
      if (figures === undefined) reject(new Error(`the load ended with ${code}`));
      else resolve(figures);
    });
  });
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
