import { describe, expect, test } from "vitest";
import { findingsIn, linesAfterFixes, linesOf } from "../../../test/support/harden/check-manifests.ts";
import { apart, spreadOverNodes, web } from "../../../test/support/harden/yaml.ts";
import { noSpread } from "./no-spread.ts";

const FIELD = "Deployment default/web spec.template.spec.topologySpreadConstraints";
const NONE = `critical ${FIELD}: nothing keeps its 2 replicas on different nodes`;
const WISH = `warning ${FIELD}: only a wish keeps its 2 replicas on different nodes (preferred anti-affinity or ScheduleAnyway): it gives way to the scheduler's others`;
const overZones = spreadOverNodes().replace("kubernetes.io/hostname", "topology.kubernetes.io/zone");

const preferred = `affinity:
  podAntiAffinity:
    preferredDuringSchedulingIgnoredDuringExecution:
      - weight: 100
        podAffinityTerm:
          topologyKey: kubernetes.io/hostname
          labelSelector: { matchLabels: { app: web } }`;

describe("no-spread", () => {
  test.each([
    ["nothing", web(), "3", [NONE]],
    ["a single replica, which nothing can spread", web({ replicas: 1 }), "3", []],
    ["a constraint over nodes", web({ pod: spreadOverNodes() }), "3", []],
    ["anti-affinity", web({ pod: apart() }), "3", []],
    ["a constraint that does not bind", web({ pod: spreadOverNodes("web", "ScheduleAnyway") }), "3", [WISH]],
    ["preferred anti-affinity", web({ pod: preferred }), "3", [WISH]],
    ["a rule about the pods of others", web({ pod: apart("other") }), "3", [NONE]],
    ["zones, of which there are three", web({ pod: overZones }), "3,zones=3", []],
    ["zones, of which there is one", web({ pod: overZones }), "3,zones=1", [NONE]],
  ])("%s", (_, yaml, nodes, lines) => {
    expect(linesOf(findingsIn(noSpread, yaml, nodes))).toEqual(lines);
  });

  test.each([
    ["nothing", web()],
    ["a wish", web({ pod: spreadOverNodes("web", "ScheduleAnyway") })],
    ["a rule about the pods of others", web({ pod: apart("other") })],
  ])("its patch mends %s", (_, yaml) => expect(linesAfterFixes(noSpread, yaml)).toEqual([]));
});
