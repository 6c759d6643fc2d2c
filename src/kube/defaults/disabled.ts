import { type Fields, isFields, mapShared, setField } from "./absent.ts";

/**
 * Fields behind feature gates that are off in Kubernetes 1.34: the API server takes them and forgets them.
 * ContainerStopSignals, ContainerRestartRules, HostnameOverride, MaxUnavailableStatefulSet.
 */
export function dropDisabledPodFields(spec: Fields): Fields {
  const whole = setField(spec, "containers", mapContainers(spec.containers, dropOfContainer));
  const { hostnameOverride } = whole;
  const named = hostnameOverride === undefined ? whole : without(whole, "hostnameOverride");
  if (named.initContainers === undefined) return named;
  return setField(named, "initContainers", mapContainers(named.initContainers, dropOfInitContainer));
}

/** See above, of a StatefulSet's rolling update. */
export function dropMaxUnavailable(rollingUpdate: Fields): Fields {
  return rollingUpdate.maxUnavailable === undefined
    ? rollingUpdate
    : without(rollingUpdate, "maxUnavailable");
}

function mapContainers(list: unknown, drop: (container: Fields) => Fields): unknown {
  return Array.isArray(list) ? mapShared(list, (item) => (isFields(item) ? drop(item) : item)) : list;
}

function dropOfContainer(container: Fields): Fields {
  const whole = dropCommon(container);
  return whole.restartPolicy === undefined ? whole : without(whole, "restartPolicy");
}

/** An init container that restarts always is a sidecar; other policies are as new as the rules. */
function dropOfInitContainer(container: Fields): Fields {
  const whole = dropCommon(container);
  const { restartPolicy } = whole;
  return restartPolicy === undefined || restartPolicy === "Always" ? whole : without(whole, "restartPolicy");
}

function dropCommon(container: Fields): Fields {
  const whole =
    container.restartPolicyRules === undefined ? container : without(container, "restartPolicyRules");
  if (!isFields(whole.lifecycle) || whole.lifecycle.stopSignal === undefined) return whole;
  return { ...whole, lifecycle: without(whole.lifecycle, "stopSignal") };
}

function without(object: Fields, field: string): Fields {
  const { [field]: _, ...rest } = object;
  return rest;
}
