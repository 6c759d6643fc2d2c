import { namespaces, serviceAccounts } from "../../../kube/kinds.ts";
import { parseTime } from "../../../kube/time.ts";
import type {
  Container,
  Pod,
  PodSpec,
  ServiceAccount,
  Volume,
  VolumeMount,
} from "../../../kube/types/index.ts";
import type { LooseObject } from "../loose.ts";
import { madeFor } from "../request-memo.ts";
import type { AdmissionContext, AdmissionPlugin, AdmissionRequest } from "./chain.ts";
import { refusal } from "./refusal.ts";

const DEFAULT_ACCOUNT = "default";
const TOKEN_VOLUME = "kube-api-access-";
const TOKEN_PATH = "/var/run/secrets/kubernetes.io/serviceaccount";
const MIRROR_POD = "kubernetes.io/config.mirror";
/** Tokens are asked for with an hour and seven seconds, so that the server knows them for automatic ones. */
const TOKEN_EXPIRATION_SECONDS = 3_607;
/** Ten looks, 100 to 200 ms apart: how long a real server waits for the account that every namespace gets. */
const DEFAULT_ACCOUNT_WAIT_MS = 1_000;

/** Every pod acts as a service account, and finds its token mounted unless it does not want it. */
export function serviceAccount({ api, engine }: AdmissionContext): AdmissionPlugin {
  /** `undefined` for the default account of a namespace so young that a real server would still be waiting for it. */
  function accountOf(request: AdmissionRequest, name: string): ServiceAccount | undefined {
    const namespace = request.namespace as string;
    const found = api.get(serviceAccounts, namespace, name);
    if (found !== undefined || (name === DEFAULT_ACCOUNT && isYoung(namespace))) return found;
    const why = `error looking up service account ${namespace}/${name}: serviceaccount "${name}" not found`;
    throw refusal(request, why);
  }

  function isYoung(namespace: string): boolean {
    const created = api.get(namespaces, undefined, namespace)?.metadata.creationTimestamp;
    const createdMs = created === undefined ? undefined : parseTime(created);
    return createdMs !== undefined && engine.now() - createdMs < DEFAULT_ACCOUNT_WAIT_MS;
  }

  return {
    name: "ServiceAccount",
    resources: ["pods"],
    mutate(request, object) {
      if (request.operation !== "CREATE" || request.subresource !== undefined) return object;
      const pod = object as unknown as Pod;
      if (pod.metadata.annotations?.[MIRROR_POD] !== undefined) {
        checkMirrorPod(request, pod);
        return object;
      }
      const name = pod.spec.serviceAccountName || DEFAULT_ACCOUNT;
      const account = accountOf(request, name);
      const suffix = () =>
        madeFor(request.caller, "token volume", () => engine.random("apiserver/names").suffix(5));
      const wantsToken =
        pod.spec.automountServiceAccountToken ?? account?.automountServiceAccountToken ?? true;
      const spec: SpecDraft = { ...pod.spec };
      if (wantsToken) mountToken(spec, suffix);
      spec.serviceAccountName = name;
      spec.serviceAccount = name;
      const secrets = account?.imagePullSecrets ?? [];
      if (secrets.length > 0 && (spec.imagePullSecrets?.length ?? 0) === 0) {
        spec.imagePullSecrets = secrets.map((secret) => ({ name: secret.name }));
      }
      return { ...pod, spec } as unknown as LooseObject;
    },
  };
}

/** Mirror pods show what a kubelet runs by itself: they cannot draw on anything in the API. */
function checkMirrorPod(request: AdmissionRequest, { spec }: Pod): void {
  if (spec.serviceAccountName) {
    throw refusal(request, "a mirror pod may not reference service accounts");
  }
  if (spec.volumes?.some((volume) => volume.secret !== undefined)) {
    throw refusal(request, "a mirror pod may not reference secrets");
  }
}

function mountToken(spec: SpecDraft, suffix: () => string): void {
  const present = spec.volumes?.find((volume) => volume.name.startsWith(TOKEN_VOLUME));
  const name = present?.name ?? TOKEN_VOLUME + suffix();
  const mount: VolumeMount = { name, readOnly: true, mountPath: TOKEN_PATH };
  let isMounted = false;
  for (const field of ["containers", "initContainers"] as const) {
    const containers = spec[field]?.map((container) => withMount(container, mount));
    if (containers === undefined) continue;
    spec[field] = containers;
    isMounted ||= containers.some((container) => container.volumeMounts?.includes(mount));
  }
  if (present === undefined && isMounted) spec.volumes = [...(spec.volumes ?? []), tokenVolume(name)];
}

/** A spec in the making: every pod comes by here, and conditional spreads are slow. */
type SpecDraft = { -readonly [K in keyof PodSpec]: PodSpec[K] };

/** A container that has something of its own at the token's place keeps it. */
function withMount(container: Container, mount: VolumeMount): Container {
  const mounts = container.volumeMounts ?? [];
  if (mounts.some(({ mountPath }) => mountPath === TOKEN_PATH)) return container;
  return { ...container, volumeMounts: [...mounts, mount] };
}

function tokenVolume(name: string): Volume {
  return { name, projected: TOKEN_SOURCES };
}

/** The same in every pod, and therefore shared by all of them. */
const TOKEN_SOURCES = Object.freeze({
  sources: Object.freeze([
    Object.freeze({
      serviceAccountToken: Object.freeze({ expirationSeconds: TOKEN_EXPIRATION_SECONDS, path: "token" }),
    }),
    Object.freeze({
      configMap: Object.freeze({
        name: "kube-root-ca.crt",
        items: Object.freeze([Object.freeze({ key: "ca.crt", path: "ca.crt" })]),
      }),
    }),
    Object.freeze({
      downwardAPI: Object.freeze({
        items: Object.freeze([
          Object.freeze({
            path: "namespace",
            fieldRef: Object.freeze({ apiVersion: "v1", fieldPath: "metadata.namespace" }),
          }),
        ]),
      }),
    }),
  ]),
  defaultMode: 0o644,
});
