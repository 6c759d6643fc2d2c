import { expect, test } from "vitest";
import { qualityOfService } from "./quality-of-service.ts";
import type { PodSpec, ResourceRequirements } from "./types/index.ts";

const full = { cpu: "1", memory: "1Gi" };

test.each<{
  name: string;
  all: readonly ResourceRequirements[];
  pod?: ResourceRequirements;
  qosClass: string;
}>([
  { name: "nothing asked for", all: [{}], qosClass: "BestEffort" },
  {
    name: "only zeroes and other resources",
    all: [{ requests: { cpu: "0", "example.com/gpu": "1" } }],
    qosClass: "BestEffort",
  },
  { name: "a request", all: [{ requests: { cpu: "1" } }], qosClass: "Burstable" },
  {
    name: "limits of everything, requested in full",
    all: [{ requests: full, limits: full }],
    qosClass: "Guaranteed",
  },
  { name: "a limit of one resource", all: [{ requests: full, limits: { cpu: "1" } }], qosClass: "Burstable" },
  {
    name: "one container without limits",
    all: [{ requests: full, limits: full }, {}],
    qosClass: "Burstable",
  },
  {
    name: "less requested than limited",
    all: [{ requests: { ...full, cpu: "500m" }, limits: full }],
    qosClass: "Burstable",
  },
  {
    name: "the same in other words",
    all: [{ requests: { cpu: "1000m", memory: "1024Mi" }, limits: full }],
    qosClass: "Guaranteed",
  },
  {
    name: "amounts of the whole pod",
    all: [{}],
    pod: { requests: full, limits: full },
    qosClass: "Guaranteed",
  },
])("$name: $qosClass", ({ all, pod, qosClass }) => {
  const containers = all.map((resources, i) => ({ name: `c${i}`, image: "i", resources }));
  const spec = { containers, ...(pod === undefined ? {} : { resources: pod }) } as unknown as PodSpec;
  expect(qualityOfService(spec)).toBe(qosClass);
});
