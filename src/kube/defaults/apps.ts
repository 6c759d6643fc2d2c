import { type Fields, fieldsOf, isFields, mapShared, setAbsent, setField } from "./absent.ts";
import { dropMaxUnavailable } from "./disabled.ts";
import type { DefaultsTable } from "./type-defaults.ts";

/** Workloads that keep pods running (pkg/apis/apps/v1/defaults.go), and the old ReplicationController. */
export const APPS_DEFAULTS: DefaultsTable = {
  "io.k8s.api.apps.v1.Deployment": (object) => completeSpec(object, completeDeploymentSpec),
  "io.k8s.api.apps.v1.DaemonSet": (object) => completeSpec(object, completeDaemonSetSpec),
  "io.k8s.api.apps.v1.StatefulSet": (object) => completeSpec(object, completeStatefulSetSpec),
  "io.k8s.api.apps.v1.ReplicaSet": (object) =>
    completeSpec(object, (spec) => setAbsent(spec, { replicas: 1 })),
  "io.k8s.api.core.v1.ReplicationController": completeReplicationController,
};

function completeSpec(object: Fields, complete: (spec: Fields) => Fields): Fields {
  return isFields(object.spec) ? setField(object, "spec", complete(object.spec)) : object;
}

function completeDeploymentSpec(spec: Fields): Fields {
  return setAbsent(
    completeStrategy(spec, "strategy", { maxUnavailable: "25%", maxSurge: "25%" }),
    DEPLOYMENT_SPEC,
  );
}

const DEPLOYMENT_SPEC: Fields = { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 };

function completeDaemonSetSpec(spec: Fields): Fields {
  const whole = completeStrategy(spec, "updateStrategy", { maxUnavailable: 1, maxSurge: 0 });
  const { rollingUpdate, ...strategy } = fieldsOf(whole.updateStrategy);
  // One that is of no use yet has a surge all the same.
  const idle = strategy.type !== "RollingUpdate" && isFields(rollingUpdate) ? rollingUpdate : undefined;
  const surging =
    idle !== undefined && idle.maxSurge == null
      ? { ...strategy, rollingUpdate: { ...idle, maxSurge: 0 } }
      : undefined;
  return setAbsent(surging === undefined ? whole : { ...whole, updateStrategy: surging }, {
    revisionHistoryLimit: 10,
  });
}

/** A rolling update is what happens unless told otherwise, at this pace unless told otherwise. */
function completeStrategy(spec: Fields, field: string, pace: Fields): Fields {
  const given = fieldsOf(spec[field]);
  let strategy = setAbsent(given, { type: "RollingUpdate" });
  if (strategy.type === "RollingUpdate") {
    const rollingUpdate = setAbsent(fieldsOf(strategy.rollingUpdate), pace);
    strategy = setField(strategy, "rollingUpdate", rollingUpdate);
  }
  return strategy === given ? spec : { ...spec, [field]: strategy };
}

const STATEFUL_SET_SPEC: Fields = {
  replicas: 1,
  podManagementPolicy: "OrderedReady",
  revisionHistoryLimit: 10,
};
const RETENTION: Fields = { whenDeleted: "Retain", whenScaled: "Retain" };

function completeStatefulSetSpec(spec: Fields): Fields {
  let whole = setAbsent(spec, STATEFUL_SET_SPEC);
  const given = fieldsOf(spec.updateStrategy);
  let strategy = given;
  if (strategy.type === undefined)
    strategy = setAbsent({ ...given, type: "RollingUpdate" }, { rollingUpdate: {} });
  if (strategy.type === "RollingUpdate" && isFields(strategy.rollingUpdate)) {
    strategy = setField(
      strategy,
      "rollingUpdate",
      setAbsent(dropMaxUnavailable(strategy.rollingUpdate), { partition: 0 }),
    );
  }
  if (strategy !== given) whole = { ...whole, updateStrategy: strategy };
  const retention = fieldsOf(spec.persistentVolumeClaimRetentionPolicy);
  whole = setField(whole, "persistentVolumeClaimRetentionPolicy", setAbsent(retention, RETENTION));
  if (!Array.isArray(spec.volumeClaimTemplates)) return whole;
  // Claim templates are whole objects, so the API names their kind.
  const templates = mapShared(spec.volumeClaimTemplates, (template) =>
    isFields(template) ? setAbsent(template, { apiVersion: "v1", kind: "PersistentVolumeClaim" }) : template,
  );
  return setField(whole, "volumeClaimTemplates", templates);
}

function completeReplicationController(object: Fields): Fields {
  const spec = fieldsOf(object.spec);
  const { labels } = fieldsOf(fieldsOf(spec.template).metadata);
  if (labels === undefined) return object;
  const metadata = fieldsOf(object.metadata);
  const whole = setField(object, "spec", setAbsent(spec, { selector: labels }));
  return setField(whole, "metadata", setAbsent(metadata, { labels }));
}
