import { describe, expect, test } from "vitest";
import { pod } from "../../../../test/support/pods.ts";
import type { ProfileFile } from "../profile.ts";
import { parseNeed } from "./needs.ts";
import { workloadNameOf, workloadProfile } from "./workload-profile.ts";

function stopSeconds(file: ProfileFile, image = "shop/app:2"): number {
  return workloadProfile(file, { namespace: "shop", workload: "web", container: { name: "main", image } })
    .stopSeconds;
}

describe("what is in force for a container", () => {
  test("is its own, else its workload's, else its image's, else the catalogue's, else the default", () => {
    const file = {
      workloads: {
        "shop/web/main": { stopSeconds: 1 },
        "shop/web": { stopSeconds: 2 },
        web: { stopSeconds: 3 },
      },
      images: {
        "docker.io/shop/app:2": { stopSeconds: 4 },
        "shop/app:2": { stopSeconds: 5 },
        "shop/app": { stopSeconds: 6 },
        app: { stopSeconds: 7 },
      },
    };
    const seen: number[] = [];
    for (const part of [file.workloads, file.images]) {
      for (const key of Object.keys(part)) {
        seen.push(stopSeconds(file));
        delete (part as Record<string, unknown>)[key];
      }
    }
    expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(stopSeconds({})).toBe(1);
    expect(stopSeconds({}, "rabbitmq:3")).toBe(3);
  });

  test("knows what role well-known images play", () => {
    const role = (image: string) =>
      workloadProfile(undefined, { namespace: "a", workload: "b", container: { name: "c", image } }).role;
    expect(["postgres:15", "bitnami/redis", "rabbitmq:3-alpine", "me/shop"].map(role)).toEqual([
      "database",
      "cache",
      "queue",
      "web",
    ]);
    expect(role("constructor")).toBe("web");
  });
});

describe("the workload of a pod", () => {
  const owned = (kind: string, name: string) =>
    pod("x").meta({ ownerReferences: [{ apiVersion: "v1", kind, name, uid: "u", controller: true }] });

  test.each([
    { name: "is itself for a bare pod", of: pod("solo"), workload: "solo" },
    {
      name: "is the Deployment of its ReplicaSet",
      of: owned("ReplicaSet", "web-5d4").labels({ "pod-template-hash": "5d4" }),
      workload: "web",
    },
    {
      name: "is a ReplicaSet that has no Deployment",
      of: owned("ReplicaSet", "web-set"),
      workload: "web-set",
    },
    { name: "is its StatefulSet", of: owned("StatefulSet", "db"), workload: "db" },
    { name: "is the CronJob of its Job", of: owned("Job", "backup-29442240"), workload: "backup" },
    { name: "is a Job that has no CronJob", of: owned("Job", "migrate-2"), workload: "migrate-2" },
  ])("$name", ({ of, workload }) => {
    expect(workloadNameOf(of)).toBe(workload);
  });
});

describe("a need", () => {
  test.each([
    { text: "db", need: { kind: "service", namespace: "shop", name: "db", port: undefined } },
    { text: "db:5432", need: { kind: "service", namespace: "shop", name: "db", port: 5432 } },
    { text: "db:main", need: { kind: "service", namespace: "shop", name: "db", port: "main" } },
    { text: "data/db:5432", need: { kind: "service", namespace: "data", name: "db", port: 5432 } },
    { text: "localhost:8081", need: { kind: "neighbour", port: 8081 } },
  ])("$text is read", ({ text, need }) => {
    expect(parseNeed(text, "shop")).toEqual(need);
  });
});
