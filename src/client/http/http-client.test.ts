import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { configMaps, deployments } from "../../kube/kinds.ts";
import { StatusError } from "../../kube/status-error.ts";
import { ConnectionError } from "../client.ts";
import type { UserAccess } from "./cluster-access.ts";
import { createHttpClient, type HttpClient, type HttpClientOptions } from "./http-client.ts";

const folder = mkdtempSync(join(tmpdir(), "holdfast-client-"));
afterAll(() => rmSync(folder, { recursive: true }));

interface Seen {
  readonly line: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

let server: Server | undefined;
let client: HttpClient | undefined;
afterEach(() => {
  client?.close();
  server?.closeAllConnections();
  server?.close();
});

/** A client, and a server that answers by script and remembers what it was asked. */
async function connect(
  reply: (outgoing: ServerResponse, seen: Seen, count: number) => void,
  user: Partial<UserAccess> = {},
  options: HttpClientOptions = {},
) {
  const seen: Seen[] = [];
  server = createServer(async (incoming, outgoing) => {
    let body = "";
    for await (const part of incoming) body += part;
    const one = { line: `${incoming.method} ${incoming.url}`, headers: incoming.headers, body };
    seen.push(one);
    reply(outgoing, one, seen.length);
  });
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const access = {
    server: `http://127.0.0.1:${port}`,
    skipTlsVerify: false,
    namespace: "default",
    context: "test",
    user: { impersonation: {}, ...user },
  };
  client = createHttpClient(access, options);
  return { client, seen };
}

const json = (outgoing: ServerResponse, value: object, code = 200) => {
  outgoing.writeHead(code, { "content-type": "application/json" });
  outgoing.end(JSON.stringify(value));
};

describe("requests", () => {
  test("name kind, namespace, name and subresource in the path", async () => {
    const { client, seen } = await connect((outgoing) => json(outgoing, {}));
    await client.get(configMaps, "shop", "a b");
    await client.get(configMaps, undefined, "x", { resourceVersion: "0" });
    await client.subresource(
      "update",
      deployments,
      "shop",
      "cart",
      "scale",
      { spec: {} },
      { fieldManager: "me" },
    );
    await client.patch(
      deployments,
      "shop",
      "cart",
      "apply",
      { kind: "Deployment" },
      { fieldManager: "me", force: true, dryRun: true },
    );
    expect(seen.map(({ line }) => line)).toEqual([
      "GET /api/v1/namespaces/shop/configmaps/a%20b",
      "GET /api/v1/configmaps/x?resourceVersion=0",
      "PUT /apis/apps/v1/namespaces/shop/deployments/cart/scale?fieldManager=me",
      "PATCH /apis/apps/v1/namespaces/shop/deployments/cart?dryRun=All&fieldManager=me&force=true",
    ]);
    expect(seen[3]?.headers["content-type"]).toBe("application/apply-patch+yaml");
  });

  test("carry deletion's options in the body", async () => {
    const { client, seen } = await connect((outgoing) => json(outgoing, {}));
    await client.delete(configMaps, "shop", "a", { gracePeriodSeconds: 0, dryRun: true });
    await client.deleteCollection(configMaps, { namespace: "shop", labelSelector: "a=b" });
    expect(JSON.parse(seen[0]?.body ?? "")).toEqual({
      kind: "DeleteOptions",
      apiVersion: "v1",
      gracePeriodSeconds: 0,
      dryRun: ["All"],
    });
    expect(seen[1]?.line).toBe("DELETE /api/v1/namespaces/shop/configmaps?labelSelector=a%3Db");
  });

  test("give items of a list the kind that the list says", async () => {
    const list = {
      kind: "ConfigMapList",
      metadata: { resourceVersion: "7" },
      items: [{ metadata: { name: "a" } }],
    };
    const { client } = await connect((outgoing) => json(outgoing, list));
    const { items, metadata } = await client.list(configMaps);
    expect(items).toEqual([{ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" } }]);
    expect(metadata.resourceVersion).toBe("7");
  });

  test("take compressed answers and tell warnings", async () => {
    const warnings: string[] = [];
    const reply = (outgoing: ServerResponse) => {
      outgoing.setHeader("content-encoding", "gzip");
      outgoing.setHeader("warning", ['299 - "one \\"quoted\\""', '299 - "two"']);
      outgoing.end(gzipSync('{"kind":"ConfigMap"}'));
    };
    const { client } = await connect(reply, {}, { onWarning: (text) => warnings.push(text) });
    expect(await client.get(configMaps, "shop", "a")).toEqual({ kind: "ConfigMap" });
    expect(warnings).toEqual(['one "quoted"', "two"]);
  });
});

describe("refusals", () => {
  test.each([
    {
      name: "a Status",
      code: 409,
      body: JSON.stringify({
        kind: "Status",
        message: "taken",
        reason: "AlreadyExists",
        details: { name: "a" },
      }),
      error: { reason: "AlreadyExists", message: "taken", details: { name: "a" } },
    },
    {
      name: "a Status of a reason unknown here",
      code: 504,
      body: JSON.stringify({ kind: "Status", message: "later", reason: "Novel" }),
      error: { reason: "Timeout", message: "later" },
    },
    {
      name: "a page of a proxy",
      code: 503,
      body: "try later\n",
      error: { reason: "ServiceUnavailable", message: "try later" },
    },
    {
      name: "nothing",
      code: 502,
      body: "",
      error: { reason: "InternalError", message: "the server answered with code 502" },
    },
  ])("come from $name", async ({ code, body, error }) => {
    const { client } = await connect((outgoing) => outgoing.writeHead(code).end(body));
    const refused = client.get(configMaps, "shop", "a");
    await expect(refused).rejects.toThrow(StatusError);
    await expect(refused).rejects.toMatchObject(error);
  });

  test("are not connection failures, and the other way round", async () => {
    const { client } = await connect((outgoing) => outgoing.destroy());
    await expect(client.create(configMaps, "shop", {})).rejects.toThrow(ConnectionError);
    await expect(client.create(configMaps, "shop", {})).rejects.toThrow(/^Cannot reach http:\/\/127/);
  });

  test("an answer that does not come is a connection failure", async () => {
    const { client } = await connect(() => {}, {}, { timeoutMs: 30 });
    await expect(client.get(configMaps, "shop", "a")).rejects.toThrow(/no answer within 0.03 s/);
  });
});

describe("signing in", () => {
  test.each([
    { name: "a token", user: { token: "t" }, header: "Bearer t" },
    {
      name: "a password",
      user: { username: "u", password: "p" },
      header: `Basic ${Buffer.from("u:p").toString("base64")}`,
    },
  ])("by $name", async ({ user, header }) => {
    const { client, seen } = await connect((outgoing) => json(outgoing, {}), user);
    await client.get(configMaps, "shop", "a");
    expect(seen[0]?.headers.authorization).toBe(header);
  });

  test("by a token file, read anew each time", async () => {
    const tokenFile = join(folder, "token");
    writeFileSync(tokenFile, "first\n");
    const { client, seen } = await connect((outgoing) => json(outgoing, {}), { token: "inline", tokenFile });
    await client.get(configMaps, "shop", "a");
    writeFileSync(tokenFile, "second\n");
    await client.get(configMaps, "shop", "a");
    expect(seen.map(({ headers }) => headers.authorization)).toEqual(["Bearer first", "Bearer second"]);
  });

  test("by a plug-in, asked once, and again when the server does not take what it gave", async () => {
    const command = join(folder, "login");
    writeFileSync(
      command,
      `#!/bin/sh\necho x >> "$COUNT"\necho "{\\"kind\\":\\"ExecCredential\\",\\"apiVersion\\":\\"v1\\",\\"status\\":{\\"token\\":\\"t$(wc -l < "$COUNT" | tr -d ' ')\\"}}"\n`,
    );
    chmodSync(command, 0o755);
    const exec = {
      apiVersion: "v1",
      command,
      args: [],
      env: { COUNT: join(folder, "count") },
      provideClusterInfo: false,
    };
    const { client, seen } = await connect(
      (outgoing, { headers }) =>
        json(outgoing, {}, headers.authorization === "Bearer t1" && seen.length > 2 ? 401 : 200),
      { exec },
    );
    for (let i = 0; i < 3; i++) await client.get(configMaps, "shop", "a");
    expect(seen.map(({ headers }) => headers.authorization)).toEqual([
      "Bearer t1",
      "Bearer t1",
      "Bearer t1",
      "Bearer t2",
    ]);
  });

  test("by a plug-in that is not there says how to get it", async () => {
    const exec = {
      apiVersion: "v1",
      command: "holdfast-no-such-login",
      args: [],
      env: {},
      installHint: "Get it.",
      provideClusterInfo: false,
    };
    const { client } = await connect((outgoing) => json(outgoing, {}), { exec });
    await expect(client.get(configMaps, "shop", "a")).rejects.toThrow(
      "The exec plug-in holdfast-no-such-login failed: it was not found. Get it.",
    );
  });
});

describe("watches", () => {
  const notice = (type: string, name: string) =>
    `${JSON.stringify({ type, object: { metadata: { name, resourceVersion: "7" } } })}\n`;

  test("are cut into notices however the bytes arrive", async () => {
    const bytes = Buffer.from(notice("ADDED", "ä") + notice("BOOKMARK", "b"));
    const { client, seen } = await connect((outgoing) => {
      outgoing.writeHead(200);
      for (const byte of bytes) outgoing.write(Buffer.from([byte]));
      outgoing.end();
    });
    const told: string[] = [];
    for await (const each of client.watch(configMaps, { namespace: "shop", allowWatchBookmarks: true })) {
      told.push(each.type === "ERROR" ? each.type : `${each.type} ${each.object.metadata.name}`);
    }
    expect(told).toEqual(["ADDED ä", "BOOKMARK b"]);
    expect(seen[0]?.line).toBe("GET /api/v1/namespaces/shop/configmaps?allowWatchBookmarks=true&watch=true");
  });

  test("that break in the middle of nothing say so", async () => {
    const { client } = await connect((outgoing) => {
      outgoing.writeHead(200);
      outgoing.write(notice("ADDED", "a"), () => outgoing.destroy());
    });
    const iterator = client.watch(configMaps)[Symbol.asyncIterator]();
    expect((await iterator.next()).done).toBe(false);
    await expect(iterator.next()).rejects.toThrow(ConnectionError);
  });

  test("that are refused say why", async () => {
    const status = { kind: "Status", message: "too old", reason: "Expired" };
    const { client } = await connect((outgoing) => json(outgoing, status, 410));
    const iterator = client.watch(configMaps)[Symbol.asyncIterator]();
    await expect(iterator.next()).rejects.toMatchObject({ reason: "Expired", message: "too old" });
  });
});

test("a kept connection that the server has closed is no failure of a read", async () => {
  const { client, seen } = await connect((outgoing, _seen, count) => {
    if (count === 2) outgoing.destroy();
    else json(outgoing, {});
  });
  await client.get(configMaps, "shop", "a");
  await client.get(configMaps, "shop", "b");
  expect(seen).toHaveLength(3);
});
