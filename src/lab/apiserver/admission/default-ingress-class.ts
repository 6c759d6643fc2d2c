import type { Kind } from "../../../kube/kind.ts";
import { findKind } from "../../../kube/kinds.ts";
import { withField } from "../loose.ts";
import type { AdmissionContext, AdmissionPlugin } from "./chain.ts";
import { newestDefault } from "./default-class.ts";

const INGRESS_CLASSES = findKind("networking.k8s.io/v1", "IngressClass") as Kind;
const DEFAULT_ANNOTATIONS = ["ingressclass.kubernetes.io/is-default-class"];
const CLASS_ANNOTATION = "kubernetes.io/ingress.class";

/** An Ingress that names no class gets the default one. */
export function defaultIngressClass({ api }: AdmissionContext): AdmissionPlugin {
  return {
    name: "DefaultIngressClass",
    resources: ["ingresses.networking.k8s.io"],
    mutate({ operation, subresource }, object) {
      if (operation !== "CREATE" || subresource !== undefined) return object;
      const { spec = {}, metadata } = object;
      if (spec.ingressClassName !== undefined || metadata.annotations?.[CLASS_ANNOTATION] !== undefined)
        return object;
      const found = newestDefault(api.list(INGRESS_CLASSES), DEFAULT_ANNOTATIONS);
      return found === undefined
        ? object
        : withField(object, "spec", { ...spec, ingressClassName: found.metadata.name });
    },
  };
}
