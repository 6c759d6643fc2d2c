/**
 * Stands before several API servers: hands each new connection to one that takes it, in turn. Runs as a process of its own:
 * balancer.ts ADDRESS PORT TARGET…
 */
import { connect, createServer, type Socket } from "node:net";

const CONNECT_TIMEOUT_MS = 1_000;

const [address = "", port = "", ...targets] = process.argv.slice(2);
let turn = 0;

createServer((client) => {
  client.on("error", () => client.destroy());
  tryTargets(client, turn++, targets.length);
}).listen(Number(port), address);

/** Hands the connection to the next target, and to the one after it where that does not answer. */
function tryTargets(client: Socket, first: number, left: number): void {
  const target = targets[first % targets.length];
  if (left === 0 || target === undefined) {
    client.destroy();
    return;
  }
  const server = connect(Number(port), target);
  const timer = setTimeout(() => server.destroy(new Error("no answer")), CONNECT_TIMEOUT_MS);
  const next = () => tryTargets(client, first + 1, left - 1);
  server.once("error", next);
  server.once("connect", () => {
    clearTimeout(timer);
    server.off("error", next);
    server.on("error", () => client.destroy());
    server.on("close", () => client.destroy());
    client.on("close", () => server.destroy());
    client.pipe(server).pipe(client);
  });
}
