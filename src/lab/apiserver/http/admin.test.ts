import { describe, expect, test } from "vitest";
import type { FailureControl, Machine } from "../../node/world.ts";
import { adminAnswer } from "./admin.ts";
import type { Exchange } from "./exchange.ts";

const machine = (name: string): Machine => ({
  name,
  zone: "zone-1",
  ip: "10.0.0.1",
  state: "on",
  partitioned: false,
  kubelet: "running",
  diskFull: false,
  clockOffsetMs: 0,
  bootId: 1,
});

/** Asks the lab's own endpoint; gives what was answered and what was done to nodes. */
function ask(method: string, path: string, body: object = {}) {
  const done: string[] = [];
  const failures = {
    fail: (node: string, how: string) => done.push(`fail ${node} ${how}`),
    heal: (node: string) => done.push(`heal ${node}`),
  } as unknown as FailureControl;
  const machines = new Map(["node-1", "node-2"].map((name) => [name, machine(name)]));
  const exchange = {
    info: { type: "path", verb: method.toLowerCase(), path },
    method,
    body: { bytes: Buffer.from(JSON.stringify(body)), contentType: "application/json" },
  } as Exchange;
  const answer = () => adminAnswer({ machines, failures, nowMs: 0, about: { pid: 7 } }, exchange);
  return { answer, done };
}

describe("the lab's own endpoints", () => {
  test("tell what the lab is", () => {
    const answer = ask("GET", "/holdfast.dev/lab").answer();
    expect(answer?.type === "json" && JSON.parse(answer.text)).toMatchObject({
      pid: 7,
      now: "1970-01-01T00:00:00Z",
      nodes: [{ name: "node-1", zone: "zone-1" }, { name: "node-2" }],
    });
  });

  test("make a node fail and heal it", () => {
    const failing = ask("POST", "/holdfast.dev/lab/fail", { node: "node-2", how: "partition" });
    failing.answer();
    expect(failing.done).toEqual(["fail node-2 partition"]);
    const healing = ask("POST", "/holdfast.dev/lab/heal", { node: "node-2" });
    healing.answer();
    expect(healing.done).toEqual(["heal node-2"]);
  });

  test.each([
    {
      name: "a node that is not there",
      body: { node: "node-9", how: "flap" },
      error: { code: 404, message: 'the lab has no node "node-9"; its nodes are node-1, node-2' },
    },
    {
      name: "a way to fail that is none",
      body: { node: "node-1", how: "sulk" },
      error: { code: 400, message: expect.stringContaining("it can by power-off, partition, kubelet-stop") },
    },
  ])("refuse $name and say what there is", ({ body, error }) => {
    const { answer, done } = ask("POST", "/holdfast.dev/lab/fail", body);
    expect(answer).toThrow(expect.objectContaining(error));
    expect(done).toEqual([]);
  });

  test("refuse other methods and paths", () => {
    expect(ask("GET", "/holdfast.dev/lab/fail").answer).toThrow(expect.objectContaining({ code: 405 }));
    expect(ask("POST", "/holdfast.dev/lab/burn").answer).toThrow(expect.objectContaining({ code: 404 }));
    expect(ask("GET", "/holdfast.dev/laboratory").answer()).toBeUndefined();
  });
});
