/**
 * Bad input: thousands of seeded random requests, and the ways to misuse a connection. Whatever comes, the lab goes on serving,
 * stays within its memory, tells no stack trace, and fails (5xx) only where a real API server fails.
 *
 * `HOLDFAST_REQUESTS` asks for another number of requests than CI's, `HOLDFAST_REQUEST_SEED` for one seed: that is how a
 * failure is replayed, on a lab of its own.
 */
import { connect, type TLSSocket } from "node:tls";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { RandomStream } from "../../src/base/random.ts";
import { type RandomRequest, randomRequest } from "./random-request.ts";
import { type Reply, startWatchedLab, type WatchedLab } from "./watched-lab.ts";
import { WIDGET_DEFINITION } from "./widgets.ts";

const CI_REQUESTS = 3_000;
const REQUESTS_PER_SEED = 50;
/** Seeds under way at once: each waits for its answers one by one. */
const WORKERS = 8;
const MEMORY_BYTES_MAX = 600 * 1024 * 1024;

const requests = Number(process.env.HOLDFAST_REQUESTS) || CI_REQUESTS;
const oneSeed = process.env.HOLDFAST_REQUEST_SEED;

let lab: WatchedLab;
beforeAll(async () => {
  lab = await startWatchedLab();
  await create("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", WIDGET_DEFINITION);
}, 60_000);
afterAll(() => lab.close());

async function create(target: string, object: object): Promise<void> {
  const headers = { "content-type": "application/json" };
  const reply = await lab.send({
    method: "POST",
    target,
    headers,
    body: Buffer.from(JSON.stringify(object)),
  });
  expect(reply.code, reply.body).toBe(201);
}

test("random requests", { timeout: 0 }, async () => {
  const seeds = oneSeed === undefined ? range(Math.ceil(requests / REQUESTS_PER_SEED)) : [Number(oneSeed)];
  const complaints: string[] = [];
  const next = seeds.values();
  const worker = async () => {
    for (const seed of next) {
      const complaint = await trySeed(seed);
      if (complaint !== undefined) complaints.push(`${complaint}\n\nReplay: ${replay(seed)}`);
      if (complaints.length > 0) return;
    }
  };
  await Promise.all(range(WORKERS).map(worker));
  if (complaints[0] !== undefined) throw new Error(complaints[0]);
  expect(await lab.peakBytes()).toBeLessThan(MEMORY_BYTES_MAX);
});

function replay(seed: number): string {
  return `HOLDFAST_REQUEST_SEED=${seed} npx vitest run test/requests/requests.test.ts -t "random requests"`;
}

function range(length: number): readonly number[] {
  return Array.from({ length }, (_, i) => i + 1);
}

/** Sends one seed's requests into a namespace of their own; what is wrong with the first bad answer. */
async function trySeed(seed: number): Promise<string | undefined> {
  const random = new RandomStream(seed, "requests");
  const namespace = `seed-${seed}`;
  await create("/api/v1/namespaces", { metadata: { name: namespace } });
  for (let i = 0; i < REQUESTS_PER_SEED; i++) {
    const call = randomRequest(random, namespace);
    const reply = await lab.send(call);
    const wrong = lab.bugs[0] ?? whatIsWrong(reply) ?? (lab.alive ? undefined : "the lab's process ended");
    if (wrong !== undefined)
      return `Request ${i + 1} of seed ${seed}: ${wrong}\n${shown(call)}\n${shownReply(reply)}`;
  }
  await lab.send({ method: "DELETE", target: `/api/v1/namespaces/${namespace}` });
  const list = await lab.send({ method: "GET", target: "/api/v1/namespaces" });
  return list.code === 200
    ? undefined
    : `After seed ${seed} namespaces cannot be listed:\n${shownReply(list)}`;
}

/** What real servers fail with, too, though the client is to blame: each was seen on one (1.34). */
const REAL_FAILURES = [
  /^failed to create typed patch object/,
  /^unknown patch type|^(?:delete patch type|expected a |illegal|cannot|unable to)/,
  /^couldn't get version\/kind|^json: cannot unmarshal|^no kind ".*" is registered/,
  /^resourceVersion: Invalid value/,
  /^Timeout: Too large resource version/,
  /^etcdserver: request is too large|^rpc error: code = ResourceExhausted/,
  /^list element types are not identical/,
  /^target\.name: Required value/,
  /^yaml: control characters are not allowed/,
  /^provided data does not appear to be a protobuf message|^empty data|^unexpected GroupVersion string/,
  /^map: .* does not contain declared merge key/s,
  /^resourceVersion should not be set on objects to be created/,
  /^Internal error occurred: failed to allocate a (?:serviceIP|nodePort)/,
];
const STACK =
  /\n\s+at .+:\d+:\d+|node:internal|\b(?:Type|Range|Reference|Syntax)Error\b|is not a function|undefined \(reading|call stack/;

function whatIsWrong({ code, body }: Reply): string | undefined {
  if (code === 0) return "the connection broke";
  if (STACK.test(body)) return "the answer tells of the server's insides";
  if (code < 500) return undefined;
  const message = messageOf(body);
  return REAL_FAILURES.some((known) => known.test(message)) ? undefined : "the server failed";
}

function messageOf(body: string): string {
  try {
    // YAML, of which JSON is a part.
    return String((parse(body) as { message?: unknown }).message);
  } catch {
    return body;
  }
}

function shown({ method, target, headers, body }: RandomRequest): string {
  return `${method} ${target}\n${JSON.stringify(headers)}\n${body.length} bytes: ${body.subarray(0, 2_000).toString()}`;
}

function shownReply({ code, body }: Reply): string {
  return `Answer: ${code} ${body.slice(0, 2_000)}`;
}

describe("connections", () => {
  const HEAD = "host: lab\r\nuser-agent: x\r\n";

  async function open(): Promise<TLSSocket> {
    const { hostname: host, port } = new URL(lab.url);
    const socket = connect({
      host,
      port: Number(port),
      rejectUnauthorized: false,
      ALPNProtocols: ["http/1.1"],
    });
    socket.on("error", () => {});
    await new Promise((resolve) => socket.once("secureConnect", resolve));
    return socket;
  }

  /** Writes, and reads until the server or the given text ends it. */
  async function say(text: string | Buffer, until?: string): Promise<string> {
    const socket = await open();
    let heard = "";
    await new Promise<void>((resolve) => {
      socket.on("data", (part) => {
        heard += part.toString("latin1");
        if (until !== undefined && heard.includes(until)) resolve();
      });
      socket.on("close", () => resolve());
      socket.write(text);
    });
    socket.destroy();
    return heard;
  }

  const stillServes = async () => {
    expect((await lab.send({ method: "GET", target: "/readyz" })).body).toBe("ok");
    expect(lab.bugs).toEqual([]);
  };

  test.each([
    { name: "what is no HTTP", text: "hello\r\n\r\n" },
    { name: "a request line with a space too many", text: `GET / / HTTP/1.1\r\n${HEAD}\r\n` },
    { name: "a header without a colon", text: `GET / HTTP/1.1\r\n${HEAD}nonsense\r\n\r\n` },
    { name: "a length that is none", text: `POST /api HTTP/1.1\r\n${HEAD}content-length: x\r\n\r\n` },
    {
      name: "a chunk's length that is none",
      text: `POST /api HTTP/1.1\r\n${HEAD}transfer-encoding: chunked\r\n\r\nzz\r\n`,
    },
    { name: "bytes", text: Buffer.from([0, 255, 1, 254, 13, 10, 13, 10]) },
  ])("$name is answered 400", async ({ text }) => {
    expect(await say(text)).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    await stillServes();
  });

  test("a path with an escape that is none is answered 400", async () => {
    expect(await say(`GET /%zz HTTP/1.1\r\n${HEAD}\r\n`, "Bad Request")).toMatch(/^HTTP\/1\.1 400 /);
  });

  test("a body that stops half-way, and one that never begins, hold nobody up", async () => {
    const auth = `authorization: Bearer ${lab.token}\r\n`;
    for (const rest of [
      "content-length: 100\r\n\r\n{",
      'transfer-encoding: chunked\r\n\r\n5\r\n{"a"',
      "content-length: 5\r\n\r\n",
    ]) {
      const socket = await open();
      socket.write(`POST /api/v1/namespaces HTTP/1.1\r\n${HEAD}${auth}${rest}`);
      await stillServes();
      socket.destroy();
    }
    await stillServes();
  });

  test("a body right behind a long answer is read to its end", { timeout: 60_000 }, async () => {
    const head = `${HEAD}authorization: Bearer ${lab.token}\r\n`;
    const body = `[${" ".repeat(40_000)}]`;
    const long = `GET /openapi/v3/apis/apps/v1 HTTP/1.1\r\n${head}\r\n`;
    const post = `POST /api/v1/namespaces/default/pods HTTP/1.1\r\n${head}content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
    const takeTurns = async () => {
      const socket = await open();
      for (let i = 0; i < 10; i++) {
        expect(await exchange(socket, long)).toBe(200);
        expect(await exchange(socket, post)).toBe(400);
      }
      socket.destroy();
    };
    await Promise.all(range(8).map(takeTurns));
    await stillServes();
  });

  /** The code of an answer, when all of it is there; 0 when the connection broke. */
  function exchange(socket: TLSSocket, text: string): Promise<number> {
    return new Promise((resolve) => {
      let heard = "";
      const take = (part: Buffer) => {
        heard += part.toString("latin1");
        const end = heard.indexOf("\r\n\r\n");
        const length = Number(/^content-length: (\d+)/im.exec(heard)?.[1]);
        if (end < 0 || heard.length < end + 4 + length) return;
        socket.off("data", take);
        socket.off("close", broken);
        resolve(Number(heard.slice("HTTP/1.1 ".length, "HTTP/1.1 200".length)));
      };
      const broken = () => resolve(0);
      socket.on("data", take);
      socket.once("close", broken);
      socket.write(text);
    });
  }

  test("a body of 100 MB is refused, and not kept", { timeout: 60_000 }, async () => {
    const before = await lab.peakBytes();
    const reply = await lab.send({
      method: "POST",
      target: "/api/v1/namespaces/default/configmaps",
      headers: { "content-type": "application/json" },
      body: Buffer.alloc(100 * 1024 * 1024, " "),
    });
    // A server that has said so may hang up on what is still to come.
    expect([0, 413]).toContain(reply.code);
    await stillServes();
    expect((await lab.peakBytes()) - before).toBeLessThan(200 * 1024 * 1024);
  });

  test("1,000 idle connections and 200 half-open ones leave room for more", { timeout: 60_000 }, async () => {
    const sockets: TLSSocket[] = [];
    for (let i = 0; i < 1_000; i += 50) {
      sockets.push(...(await Promise.all(Array.from({ length: 50 }, open))));
    }
    for (const socket of sockets.slice(0, 200)) socket.write("GET /api/v1/pods HTTP/1.1\r\nhost: l");
    await stillServes();
    for (const socket of sockets) socket.destroy();
    await stillServes();
    expect(await lab.peakBytes()).toBeLessThan(MEMORY_BYTES_MAX);
  });
});
