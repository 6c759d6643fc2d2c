import { deepEqual } from "../../../base/deep.ts";
import type { LabelSelector, StringMap } from "../../types/index.ts";
import { checkNonnegativeQuantity } from "../amounts.ts";
import type { FieldErrors } from "../field-errors.ts";
import { internalForm } from "../internal-form.ts";
import { checkSelector } from "../labels.ts";
import { checkImmutable } from "../metadata.ts";
import { dnsSubdomain, qualifiedName } from "../names.ts";
import { checkNonnegative } from "../numbers.ts";
import { checkDriverName } from "../pods/volumes.ts";
import { AS_CHANGED, AS_NEW, type KindRules } from "../rules.ts";

interface LooseStorageClass {
  readonly provisioner?: string;
  readonly parameters?: StringMap;
  readonly reclaimPolicy?: string;
  readonly volumeBindingMode?: string;
  readonly allowedTopologies?: readonly {
    readonly matchLabelExpressions?: readonly {
      readonly key?: string;
      readonly values?: readonly string[] | null;
    }[];
  }[];
}

const RECLAIM_POLICIES = ["Delete", "Retain"];
const BINDING_MODES = ["Immediate", "WaitForFirstConsumer"];

/** StorageClasses: volumes were made by them, so how they make volumes stays. */
export const STORAGE_CLASS_RULES: KindRules<LooseStorageClass> = {
  name: dnsSubdomain,
  passes: [...AS_NEW, ...AS_CHANGED],
  check(errors, storageClass) {
    const { provisioner = "", reclaimPolicy = "", volumeBindingMode: mode } = storageClass;
    if (provisioner === "") errors.required("provisioner");
    else {
      const lower = provisioner.toLowerCase();
      errors.invalidEach("provisioner", lower, qualifiedName(lower));
    }
    checkParameters(errors, storageClass.parameters, true);
    if (reclaimPolicy !== "" && !RECLAIM_POLICIES.includes(reclaimPolicy)) {
      errors.notSupported("reclaimPolicy", reclaimPolicy, RECLAIM_POLICIES);
    }
    if (mode === undefined) errors.required("volumeBindingMode");
    else if (!BINDING_MODES.includes(mode)) errors.notSupported("volumeBindingMode", mode, BINDING_MODES);
    checkTopologies(errors, storageClass.allowedTopologies ?? []);
  },
  update(errors, next, old) {
    if (!deepEqual(next.parameters, old.parameters)) {
      errors.forbidden("parameters", "updates to parameters are forbidden.");
    }
    for (const field of ["provisioner", "reclaimPolicy"] as const) {
      if (next[field] !== old[field]) errors.forbidden(field, `updates to ${field} are forbidden.`);
    }
    checkImmutable(errors, next.volumeBindingMode, old.volumeBindingMode, "volumeBindingMode");
  },
};

const PARAMETERS_MAX = 512;
const PARAMETER_BYTES_MAX = 256 * 1024;

function checkParameters(errors: FieldErrors, parameters: StringMap | undefined, mayBeEmpty: boolean): void {
  const entries = Object.entries(parameters ?? {});
  if (entries.length > PARAMETERS_MAX) {
    errors.tooLong("parameters", PARAMETERS_MAX);
    return;
  }
  let bytes = 0;
  for (const [key, value] of entries) {
    if (key === "") errors.invalid("parameters", key, "field can not be empty.");
    bytes += Buffer.byteLength(key) + Buffer.byteLength(value);
  }
  if (bytes > PARAMETER_BYTES_MAX) errors.tooLong("parameters", PARAMETER_BYTES_MAX);
  if (!mayBeEmpty && entries.length === 0)
    errors.required("parameters", "must contain at least one key/value pair");
}

function checkTopologies(
  errors: FieldErrors,
  terms: NonNullable<LooseStorageClass["allowedTopologies"]>,
): void {
  const seen: unknown[] = [];
  terms.forEach(({ matchLabelExpressions: expressions = [] }, i) => {
    const at = `allowedTopologies[${i}].matchLabelExpressions`;
    const byKey = new Map<string, readonly string[]>();
    expressions.forEach((expression, j) => {
      const { key = "" } = expression;
      const values = expression.values ?? [];
      if (values.length === 0) errors.required(`${at}[${j}].values`);
      values.forEach((value, n) => {
        if (values.indexOf(value) < n) errors.duplicate(`${at}[${j}].values[${n}]`, value);
      });
      errors.invalidEach(`${at}[${j}].key`, key, qualifiedName(key));
      if (byKey.has(key)) errors.duplicate(`${at}[${j}].key`, key);
      byKey.set(key, [...new Set(values)].sort());
    });
    const form = Object.fromEntries(byKey);
    if (seen.some((other) => deepEqual(other, form))) errors.duplicate(at, "");
    seen.push(form);
  });
}

interface LooseVolumeAttributesClass {
  readonly driverName?: string;
  readonly parameters?: StringMap;
}

/** VolumeAttributesClasses: as classes of storage, for what can change of a volume. */
export const VOLUME_ATTRIBUTES_CLASS_RULES: KindRules<LooseVolumeAttributesClass> = {
  name: dnsSubdomain,
  passes: [...AS_NEW, ...AS_CHANGED, ...AS_NEW],
  check(errors, { driverName = "", parameters }) {
    if (driverName === "") errors.required("driverName");
    else {
      const lower = driverName.toLowerCase();
      errors.invalidEach("driverName", lower, qualifiedName(lower));
    }
    checkParameters(errors, parameters, false);
  },
  update(errors, next, old) {
    if (next.driverName !== old.driverName)
      errors.forbidden("driverName", "updates to driverName are forbidden.");
    if (!deepEqual(next.parameters, old.parameters)) {
      errors.forbidden("parameters", "updates to parameters are forbidden.");
    }
  },
};

interface LooseDriver {
  readonly spec?: {
    readonly attachRequired?: boolean;
    readonly fsGroupPolicy?: string;
    readonly volumeLifecycleModes?: readonly string[];
    readonly nodeAllocatableUpdatePeriodSeconds?: number;
    readonly tokenRequests?: readonly { readonly audience?: string; readonly expirationSeconds?: number }[];
  };
}

/** CSIDrivers: what a storage driver can do. */
export const CSI_DRIVER_RULES: KindRules<LooseDriver> = {
  name: dnsSubdomain,
  check: checkDriver,
  update(errors, next, old) {
    if (next.spec === old.spec) return;
    checkDriver(errors, next);
    checkImmutable(errors, next.spec?.attachRequired, old.spec?.attachRequired, "spec.attachedRequired");
    const [modes, before] = [next.spec?.volumeLifecycleModes, old.spec?.volumeLifecycleModes];
    checkImmutable(errors, modes, before, "spec.volumeLifecycleModes");
  },
};

const GROUP_POLICIES = ["File", "None", "ReadWriteOnceWithFSType"];
const LIFECYCLE_MODES = ["Persistent", "Ephemeral"];
const TOKEN_SECONDS_MIN = 600;
const TOKEN_SECONDS_MAX = 2 ** 32;
const UPDATE_SECONDS_MIN = 10;

function checkDriver(errors: FieldErrors, { spec = {} }: LooseDriver): void {
  const { fsGroupPolicy: policy, nodeAllocatableUpdatePeriodSeconds: period } = spec;
  if (policy !== undefined && !GROUP_POLICIES.includes(policy)) {
    errors.notSupported("spec.fsGroupPolicy", policy, GROUP_POLICIES);
  }
  const audiences = new Set<string>();
  spec.tokenRequests?.forEach(({ audience = "", expirationSeconds: seconds }, i) => {
    const at = `spec.tokenRequests[${i}]`;
    if (audiences.has(audience)) {
      errors.duplicate(`${at}.audience`, audience);
      return;
    }
    audiences.add(audience);
    const path = `${at}.expirationSeconds`;
    if (seconds !== undefined && seconds < TOKEN_SECONDS_MIN) {
      errors.invalid(path, seconds, "may not specify a duration less than 10 minutes");
    }
    if (seconds !== undefined && seconds > TOKEN_SECONDS_MAX) {
      errors.invalid(path, seconds, "may not specify a duration larger than 2^32 seconds");
    }
  });
  for (const mode of spec.volumeLifecycleModes ?? []) {
    if (!LIFECYCLE_MODES.includes(mode))
      errors.notSupported("spec.volumeLifecycleModes", mode, LIFECYCLE_MODES);
  }
  if (period !== undefined && period < UPDATE_SECONDS_MIN) {
    const rule = "must be greater than or equal to 10 seconds";
    errors.invalid("spec.nodeAllocatableUpdatePeriodSeconds", period, rule);
  }
}

interface NodeDriver {
  readonly name?: string;
  readonly nodeID?: string;
  readonly topologyKeys?: readonly string[] | null;
  readonly allocatable?: { readonly count?: number };
}

interface LooseCsiNode {
  readonly spec?: { readonly drivers?: readonly NodeDriver[] | null };
}

const NODE_ID_LENGTH_MAX = 256;

/** CSINodes: the drivers of a node, which call it by names of their own. */
export const CSI_NODE_RULES: KindRules<LooseCsiNode> = {
  name: dnsSubdomain,
  passes: [...AS_NEW, ...AS_NEW, "changed body"],
  check: checkCsiNode,
  update(errors, next, old) {
    if (next.spec === old.spec) return;
    for (const before of old.spec?.drivers ?? []) {
      const after = next.spec?.drivers?.find(({ name }) => name === before.name);
      if (after)
        checkImmutable(
          errors,
          { ...after, allocatable: undefined },
          { ...before, allocatable: undefined },
          "spec.drivers",
        );
    }
  },
};

function checkCsiNode(errors: FieldErrors, { spec = {} }: LooseCsiNode): void {
  const names = new Set<string>();
  spec.drivers?.forEach(({ name = "", nodeID = "", topologyKeys: keys, allocatable }, i) => {
    const at = `spec.drivers[${i}]`;
    checkDriverName(errors, name, `${at}.name`);
    if (nodeID === "") errors.required(`${at}.nodeID`);
    if (nodeID.length > NODE_ID_LENGTH_MAX) {
      errors.invalid(`${at}.nodeID`, nodeID, `must be ${NODE_ID_LENGTH_MAX} characters or less`);
    }
    checkNonnegative(errors, allocatable?.count, `${at}.allocatable.count`);
    if (names.has(name)) errors.duplicate(`${at}.name`, name);
    names.add(name);
    keys?.forEach((key, j) => {
      if (key === "") errors.required(at);
      if (keys.indexOf(key) < j) errors.duplicate(at, key);
      errors.invalidEach(at, key, qualifiedName(key));
    });
  });
}

interface LooseAttachment {
  readonly spec?: {
    readonly attacher?: string;
    readonly nodeName?: string;
    readonly source?: { readonly persistentVolumeName?: string; readonly inlineVolumeSpec?: unknown };
  };
}

/** VolumeAttachments: which volume belongs at which node, for ever. */
export const VOLUME_ATTACHMENT_RULES: KindRules<LooseAttachment> = {
  name: dnsSubdomain,
  passes: [...AS_NEW, ...AS_NEW, "changed body"],
  check(errors, attachment) {
    checkAttachment(errors, attachment);
    const { attacher = "", source = {} } = attachment.spec ?? {};
    checkDriverName(errors, attacher, "spec.attacher");
    const { persistentVolumeName: name } = source;
    if (name !== undefined) errors.invalidEach("spec.source.persistentVolumeName", name, dnsSubdomain(name));
  },
  update(errors, next, old) {
    if (!deepEqual(next.spec, old.spec)) {
      errors.invalid("spec", internalForm("storage.VolumeAttachmentSpec", next.spec), "field is immutable");
    }
  },
};

function checkAttachment(errors: FieldErrors, { spec = {} }: LooseAttachment): void {
  const { attacher = "", nodeName = "", source = {} } = spec;
  const { persistentVolumeName: name, inlineVolumeSpec: inline } = source;
  const rule = "must specify exactly one of inlineVolumeSpec and persistentVolumeName";
  if (attacher === "") errors.required("spec.attacher");
  if (inline === undefined && name === undefined) errors.required("spec.source", rule);
  else if (inline !== undefined && name !== undefined) errors.forbidden("spec.source", rule);
  else if (name === "") {
    errors.required("spec.source.persistentVolumeName", "must specify non empty persistentVolumeName");
  }
  errors.invalidEach("spec.nodeName", nodeName, dnsSubdomain(nodeName));
}

interface LooseCapacity {
  readonly nodeTopology?: LabelSelector;
  readonly storageClassName?: string;
  readonly capacity?: string;
}

/** CSIStorageCapacities: how much room a class has in a part of the cluster. */
export const CSI_STORAGE_CAPACITY_RULES: KindRules<LooseCapacity> = {
  name: dnsSubdomain,
  passes: [...AS_NEW, ...AS_CHANGED],
  check(errors, { nodeTopology, storageClassName = "", capacity }) {
    checkSelector(errors, nodeTopology, "nodeTopology");
    errors.invalidEach("storageClassName", storageClassName, dnsSubdomain(storageClassName));
    if (capacity !== undefined) checkNonnegativeQuantity(errors, capacity, "capacity");
  },
  update(errors, next, old) {
    checkImmutable(errors, next.nodeTopology, old.nodeTopology, "nodeTopology");
    checkImmutable(errors, next.storageClassName, old.storageClassName, "storageClassName");
  },
};
