/** Services for tests, as drafts that the API server takes. */
import type { Service, StringMap } from "../../src/kube/types/index.ts";
import type { Draft } from "../../src/lab/apiserver/api.ts";

type Spec = Service["spec"];

/** A port of a Service: TCP, without a name, to the same port of the pod unless told otherwise. */
export function servicePort(port: number, rest: Partial<NonNullable<Spec["ports"]>[number]> = {}) {
  return { port, targetPort: port, protocol: "TCP", ...rest } as const;
}

/** A ClusterIP Service in namespace "default", port 80, selecting app=`name`. */
export function serviceDraft(name: string, spec: Partial<Spec> = {}, labels?: StringMap): Draft<Service> {
  return {
    metadata: { name, namespace: "default", ...(labels !== undefined && { labels }) },
    spec: {
      type: "ClusterIP",
      selector: { app: name },
      ports: [servicePort(80)],
      ipFamilies: ["IPv4"],
      ipFamilyPolicy: "SingleStack",
      ...spec,
    },
  };
}
