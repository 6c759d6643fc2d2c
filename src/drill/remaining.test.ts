import { describe, expect, test } from "vitest";
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
    causes: { requests: 240, deadNode: 0, deadEndpoint: 0, noEndpoint: 0, dependency: 0, ...causes },
    timeline: { fromSeconds: 0, toSeconds: 1, lanes: [], marks: [] },
  };
}

describe("whatRemains", () => {
  test("is empty when nothing hurts", () => {
    expect(whatRemains([result({}), result({}, { outageSeconds: 1 })], subject)).toEqual([]);
  });

  test.each([
    {
      name: "a database that never came back says why it cannot move",
      results: [result({ dependency: 9 }, { outageSeconds: 600, repairedSeconds: null })],
      what: /because db is gone/,
      why: /nobody can prove that it has stopped/,
    },
    {
      name: "a database that came back says that it is a single pod",
      results: [result({ dependency: 9 }, { outageSeconds: 8 })],
      what: /8 s without an answer/,
      why: /db is a single pod/,
    },
    {
      name: "a dead endpoint counts its requests",
      results: [result({ deadEndpoint: 3 }), result({ deadEndpoint: 40 })],
      what: /40 requests through living nodes/,
      why: /50 s after its last heartbeat/,
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
