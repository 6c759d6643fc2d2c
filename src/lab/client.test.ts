import { expect, test } from "vitest";
import { testApi } from "../../test/support/api.ts";
import { ConnectionError } from "../client/client.ts";
import { configMaps } from "../kube/kinds.ts";
import { createLocalClient } from "./client.ts";

test("a client that does not reach the server is told so, not what the server would have said", async () => {
  const { server } = testApi();
  let reaches = true;
  const client = createLocalClient(server, { reaches: () => reaches });
  await expect(client.get(configMaps, "default", "nope")).rejects.toMatchObject({ reason: "NotFound" });
  reaches = false;
  await expect(client.get(configMaps, "default", "nope")).rejects.toBeInstanceOf(ConnectionError);
  reaches = true;
  server.setUp(false);
  await expect(client.list(configMaps)).rejects.toBeInstanceOf(ConnectionError);
});

test("a watch that waits ends when its taker stops it, and when the server goes down", async () => {
  const { server } = testApi();
  const client = createLocalClient(server);
  for (const end of ["taker", "server"]) {
    const notices = client.watch(configMaps, { namespace: "default" })[Symbol.asyncIterator]();
    const waiting = notices.next();
    await Promise.resolve();
    if (end === "taker") await notices.return?.();
    else server.setUp(false);
    expect((await waiting).done).toBe(true);
  }
});

test("writes are owned by the program that the client says it is", async () => {
  const { server } = testApi();
  const client = createLocalClient(server, { agent: "holdfast", user: "anna" });
  const made = await client.create(configMaps, "default", { metadata: { name: "a" }, data: { x: "1" } });
  expect(made.metadata.managedFields?.map(({ manager }) => manager)).toEqual(["holdfast"]);
});
