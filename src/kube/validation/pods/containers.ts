import type { Container } from "../../types/index.ts";
import type { FieldErrors } from "../field-errors.ts";
import { dnsLabel, portName, portNumber } from "../names.ts";
import type { Loose } from "../rules.ts";
import { checkLifecycle, type Ending, type LooseLifecycle } from "./actions.ts";
import { checkEnv, checkEnvFrom, type LooseEnv, type LooseEnvFrom } from "./env.ts";
import { checkDevices, checkMounts, type LooseDevice, type LooseMount, type VolumeNames } from "./mounts.ts";
import { checkResources, type LooseResources } from "./resources.ts";
import { checkSecurity, type LooseSecurity } from "./security.ts";

/** A container as validation meets it. */
export interface LooseContainer extends LooseLifecycle {
  readonly name?: string | undefined;
  readonly image?: string | undefined;
  readonly imagePullPolicy?: string | undefined;
  readonly terminationMessagePolicy?: string | undefined;
  readonly restartPolicy?: string | undefined;
  readonly targetContainerName?: string | undefined;
  readonly ports?: readonly Loose<NonNullable<Container["ports"]>[number]>[] | undefined;
  readonly env?: readonly LooseEnv[] | undefined;
  readonly envFrom?: readonly LooseEnvFrom[] | undefined;
  readonly volumeMounts?: readonly LooseMount[] | undefined;
  readonly volumeDevices?: readonly LooseDevice[] | undefined;
  readonly resources?: LooseResources | undefined;
  readonly resizePolicy?:
    | readonly { readonly resourceName?: string; readonly restartPolicy?: string }[]
    | undefined;
  readonly securityContext?: LooseSecurity | undefined;
}

/** What a container's pod is like, as far as its containers are judged by it. */
export interface PodSurroundings extends Ending {
  readonly restartPolicy: string;
  readonly hostUsers: boolean;
  readonly volumes: VolumeNames;
  readonly claimNames: ReadonlySet<string>;
}

/** The containers of a pod: at least one, each with a name of its own. */
export function checkContainers(
  errors: FieldErrors,
  containers: readonly LooseContainer[],
  path: string,
  pod: PodSurroundings,
): void {
  if (containers.length === 0) {
    errors.required(path);
    return;
  }
  const names = new Set<string>();
  containers.forEach((container, i) => {
    const at = `${path}[${i}]`;
    const { name = "" } = container;
    checkContainer(errors, container, at, pod);
    if (names.has(name)) errors.duplicate(`${at}.name`, name);
    names.add(name);
    checkLifecycle(errors, container, at, pod);
    if (container.restartPolicy !== undefined) {
      errors.forbidden(`${at}.restartPolicy`, "may not be set for non-init containers");
    }
  });
  checkHostPorts(errors, containers, path);
}

const NO_LIFECYCLE = "may not be set for init containers without restartPolicy=Always";

/** Containers that run before the others, or beside them when they restart always. */
export function checkInitContainers(
  errors: FieldErrors,
  initContainers: readonly LooseContainer[],
  containers: readonly LooseContainer[],
  path: string,
  pod: PodSurroundings,
): void {
  const names = new Set(containers.map(({ name }) => name));
  initContainers.forEach((container, i) => {
    const at = `${path}[${i}]`;
    const { name = "", restartPolicy } = container;
    checkContainer(errors, container, at, pod);
    if (restartPolicy !== undefined && restartPolicy !== "Always") {
      errors.notSupported(`${at}.restartPolicy`, restartPolicy, ["Always"]);
    }
    if (names.has(name)) errors.duplicate(`${at}.name`, name);
    else if (name !== "") names.add(name);
    checkHostPorts(errors, [container], path);
    if (restartPolicy === "Always") {
      checkLifecycle(errors, container, at, pod);
      return;
    }
    for (const field of ["lifecycle", "livenessProbe", "readinessProbe", "startupProbe"] as const) {
      if (container[field] !== undefined) errors.forbidden(`${at}.${field}`, NO_LIFECYCLE);
    }
  });
}

const NOT_EPHEMERAL = [
  "ports",
  "resources",
  "resizePolicy",
  "restartPolicy",
  "livenessProbe",
  "readinessProbe",
  "startupProbe",
  "lifecycle",
] as const;

/** Containers that were added to look into a running pod. */
export function checkEphemeralContainers(
  errors: FieldErrors,
  ephemeral: readonly LooseContainer[],
  others: readonly LooseContainer[],
  path: string,
  pod: PodSurroundings,
): void {
  const otherNames = new Set(others.map(({ name }) => name));
  const names = new Set(otherNames);
  ephemeral.forEach((container, i) => {
    const at = `${path}[${i}]`;
    const { name = "", targetContainerName: target = "" } = container;
    checkContainer(errors, container, at, pod);
    checkImageSpaces(errors, container, at);
    if (names.has(name)) errors.duplicate(`${at}.name`, name);
    names.add(name);
    if (target !== "" && !otherNames.has(target)) errors.notFound(`${at}.targetContainerName`, target);
    for (const field of NOT_EPHEMERAL) {
      if (isSet(container[field]))
        errors.forbidden(`${at}.${field}`, "cannot be set for an Ephemeral Container");
    }
    container.volumeMounts?.forEach((mount, j) => {
      for (const field of ["subPath", "subPathExpr"] as const) {
        if (!mount[field]) continue;
        errors.forbidden(`${at}.volumeMounts[${j}].${field}`, "cannot be set for an Ephemeral Container");
      }
    });
  });
}

function isSet(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return value !== undefined;
  return Object.keys(value).length > 0;
}

/** Spaces around an image's name are refused in pods; templates that have them exist. */
export function checkImageSpaces(errors: FieldErrors, { image = "" }: LooseContainer, path: string): void {
  if (image.trim() !== image)
    errors.invalid(`${path}.image`, image, "must not have leading or trailing whitespace");
}

const MESSAGE_POLICIES = ["File", "FallbackToLogsOnError"];
const PULL_POLICIES = ["Always", "IfNotPresent", "Never"];

function checkContainer(
  errors: FieldErrors,
  container: LooseContainer,
  path: string,
  pod: PodSurroundings,
): void {
  const {
    name = "",
    image = "",
    terminationMessagePolicy: policy = "",
    imagePullPolicy: pull = "",
  } = container;
  if (name === "") errors.required(`${path}.name`);
  else errors.invalidEach(`${path}.name`, name, dnsLabel(name));
  if (image === "") errors.required(`${path}.image`);
  if (policy === "") errors.required(`${path}.terminationMessagePolicy`);
  else if (!MESSAGE_POLICIES.includes(policy)) {
    errors.notSupported(`${path}.terminationMessagePolicy`, policy, MESSAGE_POLICIES);
  }
  if (container.ports) checkPorts(errors, container.ports, `${path}.ports`);
  if (container.env) checkEnv(errors, container.env, `${path}.env`);
  if (container.envFrom) checkEnvFrom(errors, container.envFrom, `${path}.envFrom`);
  checkMounts(errors, container, pod.volumes, `${path}.volumeMounts`);
  checkDevices(errors, container, pod.volumes, `${path}.volumeDevices`);
  if (pull === "") errors.required(`${path}.imagePullPolicy`);
  else if (!PULL_POLICIES.includes(pull)) errors.notSupported(`${path}.imagePullPolicy`, pull, PULL_POLICIES);
  checkResources(errors, container.resources, `${path}.resources`, pod.claimNames);
  if (container.resizePolicy) checkResizePolicy(errors, container, `${path}.resizePolicy`, pod);
  if (container.securityContext) {
    checkSecurity(errors, container.securityContext, `${path}.securityContext`, pod.hostUsers);
  }
}

const PROTOCOLS = ["SCTP", "TCP", "UDP"];

function checkPorts(errors: FieldErrors, ports: NonNullable<LooseContainer["ports"]>, path: string): void {
  const names = new Set<string>();
  ports.forEach(({ name = "", containerPort = 0, hostPort = 0, protocol = "" }, i) => {
    const at = `${path}[${i}]`;
    if (name !== "") {
      const wrong = portName(name);
      errors.invalidEach(`${at}.name`, name, wrong);
      if (names.has(name)) errors.duplicate(`${at}.name`, name);
      else if (wrong.length === 0) names.add(name);
    }
    if (containerPort === 0) errors.required(`${at}.containerPort`);
    else errors.invalidEach(`${at}.containerPort`, containerPort, portNumber(containerPort));
    if (hostPort !== 0) errors.invalidEach(`${at}.hostPort`, hostPort, portNumber(hostPort));
    if (protocol === "") errors.required(`${at}.protocol`);
    else if (!PROTOCOLS.includes(protocol)) errors.notSupported(`${at}.protocol`, protocol, PROTOCOLS);
  });
}

/** A port of the node can be taken once. */
function checkHostPorts(errors: FieldErrors, containers: readonly LooseContainer[], path: string): void {
  const taken = new Set<string>();
  containers.forEach((container, i) => {
    container.ports?.forEach(({ protocol = "", hostIP = "", hostPort = 0 }, j) => {
      if (hostPort === 0) return;
      const key = `${protocol}/${hostIP}/${hostPort}`;
      if (taken.has(key)) errors.duplicate(`${path}[${i}].ports[${j}].hostPort`, key);
      taken.add(key);
    });
  });
}

const RESIZABLE = ["cpu", "memory"];
const RESIZE_POLICIES = ["NotRequired", "RestartContainer"];

function checkResizePolicy(
  errors: FieldErrors,
  container: LooseContainer,
  path: string,
  pod: PodSurroundings,
): void {
  const seen = new Set<string>();
  container.resizePolicy?.forEach(({ resourceName = "", restartPolicy = "" }, i) => {
    if (seen.has(resourceName)) errors.duplicate(`${path}[${i}]`, resourceName);
    seen.add(resourceName);
    if (resourceName === "") errors.required(path);
    else if (!RESIZABLE.includes(resourceName)) errors.notSupported(path, resourceName, RESIZABLE);
    if (restartPolicy === "") errors.required(path);
    else if (!RESIZE_POLICIES.includes(restartPolicy))
      errors.notSupported(path, restartPolicy, RESIZE_POLICIES);
    if (pod.restartPolicy === "Never" && restartPolicy !== "NotRequired") {
      errors.invalid(path, restartPolicy, "must be 'NotRequired' when `restartPolicy` is 'Never'");
    }
  });
}
