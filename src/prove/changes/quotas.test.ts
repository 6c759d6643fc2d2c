/** Changes that a ResourceQuota stops, each with its near miss, proved and carried out in a whole lab with its controllers. */
import { expect, test } from "vitest";
import { agent, budget, db, HOST, web } from "../../../test/support/prove/bodies.ts";
import { type Body, type ChangeCase, provedAndSeen } from "../../../test/support/prove/change-lab.ts";

const quota = (hard: Record<string, string>): Body => ({
  apiVersion: "v1",
  kind: "ResourceQuota",
  metadata: { name: "limit" },
  spec: { hard },
});

/** Nothing may be missing while another comes. */
const TIGHT = { surge: 1, unavailable: 0 };
const WEB = { rollOut: "Deployment web" };
const DB = { rollOut: "StatefulSet db" };
const AGENT = { rollOut: "DaemonSet agent" };

test.each<ChangeCase>([
  {
    name: "as many pods as there are",
    change: WEB,
    ends: false,
    objects: [web(3, TIGHT), quota({ pods: "3" })],
  },
  { name: "one pod more", change: WEB, ends: true, objects: [web(3, TIGHT), quota({ pods: "4" })] },
  {
    name: "as many pods as there are, of which one may be missing",
    change: WEB,
    ends: true,
    objects: [web(3, { surge: 1, unavailable: 1 }), quota({ pods: "3" })],
  },
  {
    name: "as many pods as there are, which all go first",
    change: WEB,
    ends: true,
    objects: [web(3, { recreate: true }), quota({ pods: "3" })],
  },
  {
    name: "what they request",
    change: WEB,
    ends: false,
    objects: [web(3, { ...TIGHT, cpu: "500m" }), quota({ "requests.cpu": "1900m" })],
  },
  {
    name: "what they request and one more does",
    change: WEB,
    ends: true,
    objects: [web(3, { ...TIGHT, cpu: "500m" }), quota({ "requests.cpu": "2" })],
  },
  {
    name: "a set's pods, each of which goes before the next comes",
    change: DB,
    ends: true,
    objects: [db(3), quota({ pods: "3" })],
  },
  {
    name: "fewer than a set's pods",
    change: DB,
    ends: false,
    objects: [db(3), quota({ pods: "2" })],
  },
  {
    name: "as many agents as there are, each made before the old one goes",
    change: AGENT,
    ends: false,
    objects: [agent({ surge: 1 }), quota({ pods: "3" })],
  },
  {
    name: "as many agents as there are, each of which goes first",
    change: AGENT,
    ends: true,
    objects: [agent(), quota({ pods: "3" })],
  },
  {
    name: "fewer pods than a budget wants back",
    change: { drain: ["node-1", "node-2"] },
    ends: false,
    objects: [web(3, { apartIfPossible: HOST }), budget("web", { min: 2 }), quota({ pods: "2" })],
  },
  {
    name: "as many pods as a budget wants back",
    change: { drain: ["node-1", "node-2"] },
    ends: true,
    objects: [web(3, { apartIfPossible: HOST }), budget("web", { min: 2 }), quota({ pods: "3" })],
  },
])("a quota of $name: ends $ends", async (given) => {
  const { proved, seen, outcome } = await provedAndSeen(given);
  expect({ proved: proved.ends, seen: seen.ends }).toEqual({ proved: given.ends, seen: given.ends });
  expect(seen.lowest).toMatchObject(proved.lowest);
  expect(outcome.notAdmitted.length > 0).toBe(!given.ends);
});
