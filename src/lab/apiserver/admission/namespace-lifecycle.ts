import { resourceName } from "../../../kube/kind.ts";
import { namespaces } from "../../../kube/kinds.ts";
import { StatusError } from "../../../kube/status-error.ts";
import { forbidden, notFound } from "../errors.ts";
import type { AdmissionContext, AdmissionPlugin, AdmissionRequest } from "./chain.ts";
import { refusal } from "./refusal.ts";

/** They hold what the cluster itself lives on. */
const IMMORTAL = new Set(["default", "kube-system", "kube-public"]);
/** Asking what one may do must not tell whether a namespace exists. */
const ACCESS_REVIEW = "localsubjectaccessreviews.authorization.k8s.io";

/** Nothing is made in a namespace that does not exist or is going, and three namespaces never go. */
export function namespaceLifecycle({ api }: AdmissionContext): AdmissionPlugin {
  function check(request: AdmissionRequest): void {
    const { operation, kind, namespace, name } = request;
    const resource = resourceName(kind);
    if (operation === "DELETE") {
      if (resource === "namespaces" && name !== undefined && IMMORTAL.has(name)) {
        throw forbidden(kind, name, "this namespace may not be deleted");
      }
      return;
    }
    if (!namespace || resource === "namespaces" || resource === ACCESS_REVIEW) return;
    const found = api.get(namespaces, undefined, namespace);
    if (found === undefined) throw notFound(namespaces, namespace);
    if (operation !== "CREATE" || found.status.phase !== "Terminating") return;
    const why = `unable to create new content in namespace ${namespace} because it is being terminated`;
    const { message, details } = refusal(request, why);
    throw new StatusError("Forbidden", message, {
      ...details,
      causes: [
        {
          reason: "NamespaceTerminating",
          message: `namespace ${namespace} is being terminated`,
          field: "metadata.namespace",
        },
      ],
    });
  }
  return {
    name: "NamespaceLifecycle",
    mutate(request, object) {
      check(request);
      return object;
    },
    validate(request) {
      if (request.operation === "DELETE") check(request);
    },
  };
}
