import { isConditionTrue } from "../../../kube/conditions.ts";
import { persistentVolumeClaims, pods, volumeAttachments } from "../../../kube/kinds.ts";
import { hasTaintKey, TAINT_OUT_OF_SERVICE } from "../../../kube/taints.ts";
import type { Pod } from "../../../kube/types/index.ts";
import { nameOf } from "../../checks/check.ts";
import { inNamespace, listed } from "../commands.ts";
import { concernsOf } from "../containers.ts";
import type { Examined } from "../examined.ts";
import { outOfService } from "../out-of-service.ts";
import type { Found, Trouble } from "../trouble.ts";

/** A pod that has a node and cannot have its volume there. */
export const volumeNotMounted: Trouble = {
  id: "volume-not-mounted",
  title: "A volume cannot be attached or mounted",
  *find(examined) {
    for (const pod of examined.view.list(pods)) {
      const isWaiting =
        pod.spec.nodeName !== undefined &&
        pod.status.phase === "Pending" &&
        pod.metadata.deletionTimestamp === undefined;
      if (!isWaiting || (pod.status.containerStatuses ?? []).some(({ state }) => state.running !== undefined))
        continue;
      const found = heldElsewhere(pod, examined) ?? failed(pod, examined);
      if (found !== undefined) yield { object: nameOf(pod), ...found };
    }
  },
};

type Explained = Omit<Found, "object">;

/** The node that has an exclusive volume, seen by its attachment: no event is needed to know. */
function heldElsewhere(pod: Pod, examined: Examined): Explained | undefined {
  const { view } = examined;
  for (const { persistentVolumeClaim: named } of pod.spec.volumes ?? []) {
    const claim = named && view.get(persistentVolumeClaims, pod.metadata.namespace, named.claimName);
    const volume = claim?.spec.volumeName;
    if (claim === undefined || volume === undefined) continue;
    if (claim.spec.accessModes?.some((mode) => mode === "ReadWriteMany" || mode === "ReadOnlyMany")) continue;
    const held = view
      .list(volumeAttachments)
      .find(({ spec }) => spec.source.persistentVolumeName === volume && spec.nodeName !== pod.spec.nodeName);
    if (held === undefined) continue;
    const { nodeName } = held.spec;
    const users = view
      .list(pods, pod.metadata.namespace)
      .filter(
        (other) =>
          other.spec.nodeName === nodeName &&
          (other.spec.volumes ?? []).some(
            ({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName === claim.metadata.name,
          ),
      );
    const event = examined.lastEvent(nameOf(pod), "FailedAttachVolume");
    const node = examined.node(nodeName);
    const isReady = isConditionTrue(node?.status.conditions, "Ready");
    const names = users.map(({ metadata }) => metadata.name);
    return {
      concerns: [
        ...concernsOf(examined, pod),
        nameOf(claim),
        ...users.map(nameOf),
        ...(node === undefined ? [] : [nameOf(node)]),
      ],
      cause: `its volume (claim ${claim.metadata.name}) is still attached to ${nodeName}${isReady ? (names.length > 0 ? `, where ${listed(names)} ${names.length === 1 ? "uses" : "use"} it` : "") : ", which does not answer, so nobody knows whether it still writes"}, and only one node may have it`,
      evidence: [
        `VolumeAttachment ${held.metadata.name}: ${volume} on ${nodeName}`,
        ...(event?.message === undefined ? [] : [`${event.reason}: ${event.message.trim()}`]),
        ...(node !== undefined && hasTaintKey(node.spec.taints, TAINT_OUT_OF_SERVICE)
          ? [`${nodeName} is marked out of service`]
          : []),
      ],
      remedies: isReady
        ? [
            ...users
              .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
              .slice(0, 1)
              .map((user) => ({
                command: `kubectl delete pod ${user.metadata.name}${inNamespace(user)}`,
                says: "lets the volume go, if this pod is the one that is to have it; with two replicas on one exclusive volume, one will always wait: run one, or use a class with ReadWriteMany",
              })),
            ...(names.length === 0
              ? [{ says: `wait: ${nodeName} is letting it go; after six minutes it is detached by force` }]
              : []),
          ]
        : outOfService(nodeName),
    };
  }
  return undefined;
}

function failed(pod: Pod, examined: Examined): Explained | undefined {
  const event = examined.lastEvent(nameOf(pod), "FailedMount", "FailedAttachVolume", "FailedMapVolume");
  if (event?.message === undefined) return undefined;
  const { message } = event;
  const missing = /(secret|configmap) "([^"]+)" not found/.exec(message);
  const base = {
    concerns: concernsOf(examined, pod),
    evidence: [`${event.reason}: ${message.trim().slice(0, 400)}`],
  };
  if (missing !== null) {
    return {
      ...base,
      cause: `a volume of it is made of ${missing[1]} ${missing[2]}, which is not in its namespace`,
      remedies: [
        {
          command: `kubectl get ${missing[1]}s${inNamespace(pod)}`,
          says: `shows those that are there; create ${missing[2]}, or mend its name: the pod then starts by itself`,
        },
      ],
    };
  }
  const noDriver = /driver name (\S+) not found in the list of registered CSI drivers/.exec(message);
  if (noDriver !== null) {
    return {
      ...base,
      cause: `node ${pod.spec.nodeName} has no driver ${noDriver[1]}`,
      remedies: [
        {
          command: `kubectl get pods -A -o wide --field-selector spec.nodeName=${pod.spec.nodeName}`,
          says: "shows whether the driver's pod runs on that node",
        },
      ],
    };
  }
  return {
    ...base,
    cause: `node ${pod.spec.nodeName} cannot ${event.reason === "FailedAttachVolume" ? "attach" : "mount"} one of its volumes`,
    remedies: [
      {
        command: `kubectl describe pod ${pod.metadata.name}${inNamespace(pod)}`,
        says: "shows the driver's own words",
      },
    ],
  };
}
