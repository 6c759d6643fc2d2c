import { describe, expect, test } from "vitest";
import { NO_MOMENTS } from "../../test/support/drill.ts";
import { whatRemains } from "./remaining.ts";
import type { Causes, DrillResult, Measured } from "./runner.ts";
import type { Subject } from "./subject.ts";

const subject: Subject = {
  app: { kind: "Deployment", namespace: "shop", name: "web" },
  appService: "web",
  nodePort: 30080,
  database: { kind: "Deployment", namespace: "shop", name: "db", service: "db" },
  workloads: [],
};

function result(causes: Partial<Causes>, measured: Partial<Measured> = {}): DrillResult {
  return {
    scenario: "node-1 powered off",
    what: "node-1 is powered off",
    measured: {
      outageSeconds: 0,
      failedShare: 0,
      repairedSeconds: 0,
      loginKept: true,
      rowsAcknowledged: 10,
      rowsLost: 0,
      ...measured,
    },
    outageGoesOn: false,
    answeredBefore: true,
    moments: NO_MOMENTS,
    causes: { requests: 240, deadNode: 0, deadEndpoint: 0, noEndpoint: 0, dependency: 0, ...causes },
    timeline: { fromSeconds: 0, toSeconds: 1, lanes: [], marks: [] },
  };
}

/** A timeline at whose end a pod is still Terminating. */
function stuck(name: string): DrillResult["timeline"] {
  const span = { fromSeconds: 0, toSeconds: 1, state: "off" as const, label: "Terminating on node-1" };
  return { fromSeconds: 0, toSeconds: 1, lanes: [{ kind: "pod", name, spans: [span] }], marks: [] };
}

describe("whatRemains", () => {
  test("is empty when nothing hurts", () => {
    expect(whatRemains([result({}), result({}, { outageSeconds: 1 })], subject)).toEqual([]);
  });

  test.each([
    {
      name: "a database whose pod stays on the lost node says why it cannot move",
      results: [
        {
          ...result({ dependency: 9 }, { outageSeconds: 600, repairedSeconds: null }),
          timeline: stuck("db 7v2cf"),
        },
      ],
      what: /because db is gone/,
      why: /db 7v2cf .*nobody can prove that it has stopped/,
    },
    {
      name: "another workload's stuck pod is not taken for the database's",
      results: [
        {
          ...result({ dependency: 9 }, { outageSeconds: 600, repairedSeconds: null }),
          timeline: stuck("dbx 7v2cf"),
        },
      ],
      what: /because db is gone/,
      why: /did not answer again while it was watched/,
    },
    {
      name: "a database that came back says that nothing takes its place meanwhile",
      results: [result({ dependency: 9 }, { outageSeconds: 8 })],
      what: /8 s without an answer/,
      why: /nothing takes db's place/,
    },
    {
      name: "a dead endpoint counts its requests",
      results: [result({ deadEndpoint: 3, deadNode: 1 }), result({ deadEndpoint: 40, deadNode: 1 })],
      what: /40 requests through living nodes were/,
      why: /50 s after its last heartbeat/,
    },
    {
      name: "a dead endpoint where no node was lost is not laid to heartbeats",
      results: [result({ deadEndpoint: 1 })],
      what: /1 request through living nodes was/,
      why: /a pod had stopped answering/,
    },
    {
      name: "a drain that a budget forbids",
      results: [{ ...result({}), unfinished: "the drain of node-1 could not evict pod web-0: budget web" }],
      what: /did not come to its end/,
      why: /could not evict pod web-0/,
    },
    {
      name: "what answered nobody from the start is not laid to the failure",
      results: [
        {
          ...result({ dependency: 9, deadNode: 9 }, { outageSeconds: 900 }),
          answeredBefore: false,
          firstFailure: "Service shop/web has no endpoints",
        },
      ],
      what: /web answered nobody even before anything failed/,
      why: /has no endpoints/,
    },
    {
      name: "a lost node's own address",
      results: [result({ deadNode: 80 })],
      what: /33\.3 % of all/,
      why: /nothing in the cluster can answer for it/,
    },
    {
      name: "an outage that nothing else explains",
      results: [result({ noEndpoint: 5 }, { outageSeconds: 5.5 })],
      what: /5\.5 s without an answer/,
      why: /no pod was ready/,
    },
    {
      name: "a lost login",
      results: [result({}, { loginKept: false })],
      what: /login was lost/,
      why: /memory of one pod/,
    },
    {
      name: "lost rows",
      results: [result({}, { rowsLost: 4 })],
      what: /4 acknowledged writes are gone/,
      why: /one place/,
    },
    {
      name: "a database that cannot be read any more is not called empty",
      results: [result({}, { rowsLost: null })],
      what: /could not be read/,
      why: /one place/,
    },
  ])("$name", ({ results, what, why }) => {
    const [first] = whatRemains(results, subject);
    expect(first?.what).toMatch(what);
    expect(first?.why).toMatch(why);
    expect(first?.next).not.toBe("");
  });
});
