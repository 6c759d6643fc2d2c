import fc from "fast-check";
import { expect, test } from "vitest";
import { pod } from "../../../test/support/pods.ts";
import { servicePort } from "../../../test/support/services.ts";
import type { Service, StringMap } from "../../kube/types/index.ts";
import { ClusterObjects } from "../../scheduler/cluster-objects.ts";
import { defaultConstraints } from "../../scheduler/plugins/topology-spread/constraints.ts";
import { ServiceIndex } from "./service-index.ts";

const labels = fc.dictionary(fc.constantFrom("app", "tier", "track"), fc.constantFrom("a", "b"));
const namespace = fc.constantFrom("default", "shop");

test("a pod has the default constraints that all of the cluster's Services give it", () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ namespace, selector: fc.option(labels, { nil: undefined }) }), { maxLength: 8 }),
      namespace,
      labels,
      (services, where, own) => {
        const objects = new ClusterObjects();
        for (const [i, one] of services.entries()) objects.services.set(service(`service-${i}`, one));
        const asked = pod(`${where}/web-0`).labels(own);
        const given = defaultConstraints(asked, new ServiceIndex(objects).around(asked));
        expect(readable(given)).toEqual(readable(defaultConstraints(asked, objects)));
      },
    ),
  );
});

function service(
  name: string,
  { namespace, selector }: { readonly namespace: string; readonly selector: StringMap | undefined },
): Service {
  const spec = { ports: [servicePort(80)], ...(selector && { selector }) };
  return { apiVersion: "v1", kind: "Service", metadata: { name, namespace }, spec } as unknown as Service;
}

function readable(constraints: ReturnType<typeof defaultConstraints>) {
  return constraints.map(({ selector, ...rest }) => ({ ...rest, selector: selector.toString() }));
}
