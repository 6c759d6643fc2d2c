import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { testControllers } from "../../../test/support/controllers.ts";
import {
  daemonSetDraft,
  deploymentDraft,
  jobDraft,
  statefulSetDraft,
} from "../../../test/support/workloads.ts";
import { daemonSets, deployments, jobs, nodes, statefulSets } from "../../kube/kinds.ts";
import { KindRegistry } from "../apiserver/kind-registry.ts";
import { NO_HEARTBEATS } from "../heartbeats.ts";
import { controllers } from "./registry.ts";

const rowsWith = (kinds: KindRegistry) =>
  controllers({
    heartbeats: NO_HEARTBEATS,
    metrics: { usageOf: () => undefined },
    kinds,
    rootCertificates: "",
    legacyToken: () => "token",
  });

test("every folder of a controller has its row, and events tell their controllers apart", () => {
  const here = readdirSync(import.meta.dirname, { withFileTypes: true });
  const folders = here.filter((entry) => entry.isDirectory() && entry.name !== "shared");
  const names = rowsWith(new KindRegistry()).map(({ name }) => name);
  expect(names).toHaveLength(folders.length);
  expect(new Set(names).size).toBe(names.length);
});

test("together they cost nothing while nothing changes", () => {
  const lab = testControllers([]);
  for (const { create } of rowsWith(lab.server.kinds)) lab.start(create);
  for (const name of ["node-1", "node-2", "node-3"]) lab.api.create(nodes, { metadata: { name }, spec: {} });
  lab.api.create(deployments, deploymentDraft("web"));
  lab.api.create(statefulSets, statefulSetDraft("db"));
  lab.api.create(daemonSets, daemonSetDraft("agent"));
  lab.api.create(jobs, jobDraft("work"));
  lab.runSeconds(3_600);
  expect(lab.api.get(statefulSets, "default", "db")?.status.readyReplicas).toBe(3);
  expect(lab.api.get(daemonSets, "default", "agent")?.status.numberReady).toBe(3);
  const { tasksRun } = lab.engine;
  lab.runSeconds(86_400);
  expect(lab.engine.tasksRun - tasksRun).toBeLessThan(10);
});
