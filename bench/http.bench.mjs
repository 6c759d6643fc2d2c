// What a lab's HTTPS side costs over bare Node: reads, lists, watches of many, and the time until it answers. Both sides of
// every ratio speak HTTP/1.1 over TLS, each in a process of its own, to the same client.
import { fork, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { exchange, openSockets, rate, requestBytes } from "./raw-client.mjs";
import { report, timed } from "./support.mjs";

const RUNS = 7;
const BAR = 0.5;
const NAMESPACE = "/api/v1/namespaces/default";
const file = (name) => fileURLToPath(new URL(name, import.meta.url));

const lab = await start("lab");
const bare = await start("bare");
await reads();
await lists();
await watches();
for (const { process: child } of [lab, bare]) child.disconnect();
await starts();

async function start(kind) {
  const child = fork(file("./http-servers.mjs"), [kind]);
  const [{ url, token }] = await once(child, "message");
  return { process: child, url, token, control: (await openSockets(url, 1))[0] };
}

function call({ control, token }, method, path, body) {
  const bytes = requestBytes({
    method,
    path,
    token,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return exchange(control, bytes);
}

async function give(body, line) {
  bare.process.send({ body: body.toString(), line });
  await once(bare.process, "message");
}

/** One object of about 2 KB, over and over on 16 connections. */
async function reads() {
  const data = Object.fromEntries(Array.from({ length: 16 }, (_, i) => [`key-${i}`, "x".repeat(100)]));
  await call(lab, "POST", `${NAMESPACE}/configmaps`, { metadata: { name: "read" }, data });
  const path = `${NAMESPACE}/configmaps/read`;
  const object = await call(lab, "GET", path);
  await give(object);
  const [ours, theirs] = [await openSockets(lab.url, 16), await openSockets(bare.url, 16)];
  const ask = (url, token) => requestBytes({ path: url, token });
  const ratios = [];
  for (let run = -1; run < RUNS; run++) {
    const bareRate = await rate(theirs, ask("/object", "t"), 6_000);
    const labRate = await rate(ours, ask(path, lab.token), 6_000);
    // Whatever is compiled while it runs is not what is measured.
    if (run >= 0) ratios.push(labRate / bareRate);
  }
  for (const socket of [...ours, ...theirs]) socket.destroy();
  report({
    what: "HTTPS GET of an object / bare Node sending the same bytes",
    ratios,
    bar: BAR,
    better: "higher",
    sizes: `${object.length} bytes, 16 connections, ${RUNS} times 6,000 requests`,
  });
}

/** All pods of a cluster at once. */
async function lists() {
  const count = 5_000;
  const container = {
    name: "app",
    image: "nginx:1.27",
    ports: [{ containerPort: 80 }],
    resources: { requests: { cpu: "50m", memory: "64Mi" } },
    readinessProbe: { httpGet: { path: "/", port: 80 }, periodSeconds: 5 },
  };
  for (let i = 0; i < count; i++) {
    const metadata = { name: `pod-${i}`, labels: { app: "list" } };
    // A scheduler that does not exist leaves them alone.
    const spec = { containers: [container], schedulerName: "nobody" };
    await call(lab, "POST", `${NAMESPACE}/pods`, { metadata, spec });
  }
  const ask = requestBytes({ path: `${NAMESPACE}/pods`, token: lab.token });
  const firstStart = performance.now();
  const bytes = await exchange(lab.control, ask);
  const firstMs = performance.now() - firstStart;
  const { items } = JSON.parse(bytes.toString());
  const ratios = [];
  const firsts = [];
  for (let run = -1; run < RUNS; run++) {
    const stringifyMs = timed(() => JSON.stringify(items));
    const begun = performance.now();
    await exchange(lab.control, ask);
    if (run >= 0) ratios.push(stringifyMs / (performance.now() - begun));
    if (run >= 0) firsts.push(stringifyMs / firstMs);
  }
  const sizes = `${items.length} pods, ${Math.round(bytes.length / 1e6)} MB, ${RUNS} lists`;
  report({ what: "HTTPS list of pods / JSON.stringify of them", ratios, bar: BAR, better: "higher", sizes });
  report({
    what: "the same, for the first list of all, whose texts are not kept yet",
    ratios: firsts,
    better: "higher",
    sizes: `${sizes}, the first against each JSON.stringify`,
  });
}

/** Writes to one object, which every watcher is told. */
async function watches() {
  const watchers = 200;
  const writes = 200;
  const path = `${NAMESPACE}/configmaps/watched`;
  const body = (n) => ({
    metadata: { name: "watched" },
    data: { n: String(n).padStart(9, "0"), x: "x".repeat(1000) },
  });
  await call(lab, "POST", `${NAMESPACE}/configmaps`, body(0));
  const object = await call(lab, "PUT", path, body(1));
  await give(object, `{"type":"MODIFIED","object":${object.toString().trim()}}\n`);
  const query = "?watch=1&fieldSelector=metadata.name%3Dwatched";
  const sides = [
    { side: bare, watch: "/watch", write: "/object" },
    { side: lab, watch: `${NAMESPACE}/configmaps${query}`, write: path },
  ];
  for (const each of sides) each.streams = await openWatches(each.side, each.watch, watchers);
  const ratios = [];
  for (let run = -1; run < RUNS; run++) {
    const rates = [];
    for (const { side, write, streams } of sides) {
      const begun = performance.now();
      const told = streams.expect(writes);
      for (let i = 0; i < writes; i++) await call(side, "PUT", write, body(run * writes + i + 10_000));
      await told;
      rates.push((writes * 1000) / (performance.now() - begun));
    }
    if (run >= 0) ratios.push(rates[1] / rates[0]);
  }
  for (const { streams } of sides) streams.close();
  report({
    what: "writes told to watchers / bare Node writing the same bytes",
    ratios,
    bar: BAR,
    better: "higher",
    sizes: `${watchers} watchers, ${object.length} bytes, ${RUNS} times ${writes} writes`,
  });
}

/** Opens watches, each on a connection of its own, and counts lines. */
async function openWatches({ url, token }, path, count) {
  const sockets = await openSockets(url, count);
  let lines = 0;
  let wanted = Number.POSITIVE_INFINITY;
  let resolve = () => {};
  for (const socket of sockets) {
    socket.write(requestBytes({ path, token }));
    await once(socket, "data");
    socket.on("data", (part) => {
      for (let at = part.indexOf("}\n"); at >= 0; at = part.indexOf("}\n", at + 2)) lines++;
      if (lines >= wanted) resolve();
    });
  }
  // What is told at the beginning is not counted.
  await new Promise((done) => setTimeout(done, 500));
  return {
    expect(writes) {
      lines = 0;
      wanted = writes * count;
      return new Promise((done) => {
        resolve = done;
      });
    },
    close() {
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** From the start of a process to the answer of its lab. */
async function starts() {
  const ratios = [];
  for (let run = -1; run < RUNS * 2; run++) {
    const nothing = timed(() => spawnSync(process.execPath, ["-e", "0"], { stdio: "inherit" }));
    const begun = performance.now();
    const child = spawn(process.execPath, [file("./http-servers.mjs"), "lab"], {
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    const [{ url, token }] = await once(child, "message");
    const [socket] = await openSockets(url, 1);
    await exchange(socket, requestBytes({ path: "/api/v1/nodes", token }));
    if (run >= 0) ratios.push((performance.now() - begun) / nothing);
    child.disconnect();
    await once(child, "exit");
  }
  report({
    what: "start of a lab until it answers over HTTPS / node -e 0",
    ratios,
    bar: 8,
    better: "lower",
    sizes: `3 nodes, ${RUNS * 2} pairs`,
  });
}
