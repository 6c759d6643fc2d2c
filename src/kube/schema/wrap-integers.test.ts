import { describe, expect, test } from "vitest";
import { findKind } from "../kinds.ts";
import { type Schema, schemaOf } from "./schema.ts";
import { wrapIntegers } from "./wrap-integers.ts";

const schema = schemaOf(findKind("apps/v1", "Deployment") as never) as Schema;
const wrap = (spec: object) => (wrapIntegers(schema, spec, { spec }) as { spec: unknown }).spec;

// As kube-apiserver 1.34.4 has it: test/contract/exchanges/conversions.txt.
describe("whole numbers that are too large for their fields", () => {
  test.each([
    { given: { replicas: 3_000_000_000 }, wanted: { replicas: -1_294_967_296 } },
    { given: { replicas: -3_000_000_000 }, wanted: { replicas: 1_294_967_296 } },
    { given: { replicas: 9_007_199_254_740_993n }, wanted: { replicas: 1 } },
    { given: { replicas: 1e30 }, wanted: { replicas: 0 } },
    {
      given: { template: { spec: { terminationGracePeriodSeconds: 2 ** 63 } } },
      wanted: { template: { spec: { terminationGracePeriodSeconds: -(2n ** 63n) } } },
    },
    {
      given: { template: { spec: { containers: [{ ports: [{ containerPort: 5_000_000_000 }] }] } } },
      wanted: { template: { spec: { containers: [{ ports: [{ containerPort: 705_032_704 }] }] } } },
    },
  ])("$given", ({ given, wanted }) => {
    expect(wrap(given)).toEqual(wanted);
  });

  test.each([
    { replicas: 2 },
    { replicas: 2_147_483_647 },
    { replicas: 1.5 },
    { strategy: { rollingUpdate: { maxSurge: 3_000_000_000 } } },
    { template: { spec: { terminationGracePeriodSeconds: 9_007_199_254_740_993n } } },
    { unknown: 3_000_000_000 },
  ])("stays as it is: %o", (given) => {
    expect(wrap(given)).toBe(given);
  });
});
