import { type Fields, isFields, listOf, mapShared, setAbsent, setField } from "./absent.ts";
import { dropDisabledPodFields } from "./disabled.ts";
import { imageTag } from "./image-name.ts";
import { completePodResources } from "./pod-resources.ts";
import { absentAre, type DefaultsTable } from "./type-defaults.ts";

/** Pods, pod templates and everything in them (pkg/apis/core/v1/defaults.go). */
export const POD_DEFAULTS: DefaultsTable = {
  "io.k8s.api.core.v1.Pod": completePod,
  "io.k8s.api.core.v1.PodSpec": completePodSpec,
  "io.k8s.api.core.v1.Container": completeContainer,
  "io.k8s.api.core.v1.EphemeralContainer": completeContainer,
  "io.k8s.api.core.v1.Volume": completeVolume,
  "io.k8s.api.core.v1.Probe": absentAre({
    timeoutSeconds: 1,
    periodSeconds: 10,
    successThreshold: 1,
    failureThreshold: 3,
  }),
  "io.k8s.api.core.v1.HTTPGetAction": absentAre({ path: "/", scheme: "HTTP" }),
  "io.k8s.api.core.v1.ObjectFieldSelector": absentAre({ apiVersion: "v1" }),
  "io.k8s.api.core.v1.SecretVolumeSource": absentAre({ defaultMode: 0o644 }),
  "io.k8s.api.core.v1.ConfigMapVolumeSource": absentAre({ defaultMode: 0o644 }),
  "io.k8s.api.core.v1.DownwardAPIVolumeSource": absentAre({ defaultMode: 0o644 }),
  "io.k8s.api.core.v1.ProjectedVolumeSource": absentAre({ defaultMode: 0o644 }),
  "io.k8s.api.core.v1.ServiceAccountTokenProjection": absentAre({ expirationSeconds: 3600 }),
  "io.k8s.api.core.v1.HostPathVolumeSource": absentAre({ type: "" }),
};

const POD_SPEC: Fields = Object.freeze({
  restartPolicy: "Always",
  terminationGracePeriodSeconds: 30,
  dnsPolicy: "ClusterFirst",
  securityContext: Object.freeze({}),
  schedulerName: "default-scheduler",
});

function completePodSpec(spec: Fields): Fields {
  const whole = setAbsent(dropDisabledPodFields(spec), POD_SPEC);
  const { serviceAccountName = whole.serviceAccount } = whole;
  if (serviceAccountName === undefined) return whole;
  // The old name of the field is kept equal to the new one, for readers that know only the old one.
  return setField(
    setField(whole, "serviceAccountName", serviceAccountName),
    "serviceAccount",
    serviceAccountName,
  );
}

/** What only pods default, so that templates stay as their users wrote them. */
function completePod(pod: Fields): Fields {
  if (!isFields(pod.spec)) return pod;
  let spec = completePodResources(pod.spec);
  if (spec.enableServiceLinks === undefined) spec = { ...spec, enableServiceLinks: true };
  if (spec.hostNetwork === true) {
    spec = setList(spec, "containers", withHostPorts);
    spec = setList(spec, "initContainers", withHostPorts);
  }
  return setField(pod, "spec", spec);
}

/** On the host's network a container's port is the host's. */
function withHostPorts(container: unknown): unknown {
  if (!isFields(container)) return container;
  return setList(container, "ports", (port) =>
    isFields(port) ? setAbsent(port, { hostPort: port.containerPort || undefined }) : port,
  );
}

function setList(object: Fields, field: string, map: (item: unknown) => unknown): Fields {
  return object[field] === undefined
    ? object
    : setField(object, field, mapShared(listOf(object[field]), map));
}

function completeContainer(container: Fields): Fields {
  const { imagePullPolicy, terminationMessagePath, terminationMessagePolicy } = container;
  if (
    imagePullPolicy !== undefined &&
    terminationMessagePath !== undefined &&
    terminationMessagePolicy !== undefined
  ) {
    return container;
  }
  return setAbsent(container, {
    imagePullPolicy: imagePullPolicy ?? pullPolicyOf(container.image),
    terminationMessagePath: "/dev/termination-log",
    terminationMessagePolicy: "File",
  });
}

function pullPolicyOf(image: unknown): string {
  return typeof image === "string" && imageTag(image) === "latest" ? "Always" : "IfNotPresent";
}

function completeVolume(volume: Fields): Fields {
  const hasSource = Object.keys(volume).some((field) => field !== "name");
  return hasSource ? volume : { ...volume, emptyDir: {} };
}
