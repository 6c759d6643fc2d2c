import { type Fields, fieldsOf, isFields, listOf, setAbsent, setField } from "./absent.ts";
import { absentAre, type DefaultsTable } from "./type-defaults.ts";

/** What the cluster itself consists of: namespaces, nodes, limits, configuration, custom kinds, devices. */
export const CLUSTER_DEFAULTS: DefaultsTable = {
  "io.k8s.api.core.v1.Namespace": completeNamespace,
  "io.k8s.api.core.v1.NamespaceStatus": absentAre({ phase: "Active" }),
  "io.k8s.api.core.v1.NodeStatus": (status) => setAbsent(status, { allocatable: status.capacity }),
  "io.k8s.api.core.v1.LimitRangeItem": completeLimits,
  "io.k8s.api.core.v1.Secret": (secret) => setAbsent(foldStringData(secret), { type: "Opaque" }),
  "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinition": completeDefinition,
  "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.ServiceReference": absentAre({ port: 443 }),
  "io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.ServiceReference": absentAre({ port: 443 }),
  "io.k8s.api.resource.v1.ExactDeviceRequest": completeDeviceRequest,
  "io.k8s.api.resource.v1.DeviceSubRequest": completeDeviceRequest,
};

const NAME_LABEL = "kubernetes.io/metadata.name";

/** Selectors pick namespaces by this label, so nobody may lie in it. */
function completeNamespace(namespace: Fields): Fields {
  const metadata = fieldsOf(namespace.metadata);
  if (typeof metadata.name !== "string" || metadata.name === "") return namespace;
  const labels = setField(fieldsOf(metadata.labels), NAME_LABEL, metadata.name);
  return setField(namespace, "metadata", setField(metadata, "labels", labels));
}

function completeLimits(item: Fields): Fields {
  if (item.type !== "Container") return item;
  const limits = setAbsent(fieldsOf(item.default), fieldsOf(item.max));
  const requests = setAbsent(setAbsent(fieldsOf(item.defaultRequest), limits), fieldsOf(item.min));
  const whole = Object.keys(limits).length > 0 ? setField(item, "default", limits) : item;
  return Object.keys(requests).length > 0 ? setField(whole, "defaultRequest", requests) : whole;
}

/** `stringData` is a convenience for writers: its texts end up in `data`, and it is never read back. */
function foldStringData(secret: Fields): Fields {
  if (!isFields(secret.stringData)) return secret;
  const { stringData, ...rest } = secret;
  const data = { ...fieldsOf(secret.data) };
  for (const [key, text] of Object.entries(stringData as Fields)) {
    data[key] = typeof text === "string" ? Buffer.from(text, "utf8").toString("base64") : text;
  }
  return { ...rest, data };
}

function completeDefinition(definition: Fields): Fields {
  if (!isFields(definition.spec)) return definition;
  const { spec } = definition;
  const names = fieldsOf(spec.names);
  const { kind } = names;
  const hasKind = typeof kind === "string" && kind !== "";
  const named = hasKind ? setAbsent(names, { singular: kind.toLowerCase(), listKind: `${kind}List` }) : names;
  const whole = setField(setAbsent(spec, { conversion: { strategy: "None" } }), "names", named);
  const stored = listOf(spec.versions).find((version) => fieldsOf(version).storage === true);
  const status = fieldsOf(definition.status);
  const versions = listOf(status.storedVersions);
  const result = setField(definition, "spec", whole);
  if (versions.length > 0 || stored === undefined) return result;
  return { ...result, status: { ...status, storedVersions: [fieldsOf(stored).name] } };
}

function completeDeviceRequest(request: Fields): Fields {
  const whole = setAbsent(request, { allocationMode: "ExactCount" });
  return whole.allocationMode === "ExactCount" ? setAbsent(whole, { count: 1 }) : whole;
}
