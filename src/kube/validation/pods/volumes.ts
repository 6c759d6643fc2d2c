import type { FieldErrors } from "../field-errors.ts";
import { dnsLabel, dnsSubdomain } from "../names.ts";
import { checkDescendingPath, checkFileMode, checkFilePath, checkNoBacksteps } from "../paths.ts";
import { checkClaimTemplate, type LooseClaimTemplate } from "../storage/claims.ts";
import {
  checkFieldRef,
  checkResourceRef,
  type LooseFieldRef,
  type LooseResourceRef,
  VOLUME_FIELDS,
} from "./env.ts";
import type { VolumeNames } from "./mounts.ts";

interface KeyToPath {
  readonly key?: string;
  readonly path?: string;
  readonly mode?: number;
}

interface DownwardFile {
  readonly path?: string;
  readonly mode?: number;
  readonly fieldRef?: LooseFieldRef;
  readonly resourceFieldRef?: LooseResourceRef;
}

interface ProjectedSource {
  readonly secret?: { readonly name?: string; readonly items?: readonly KeyToPath[] };
  readonly configMap?: { readonly name?: string; readonly items?: readonly KeyToPath[] };
  readonly downwardAPI?: { readonly items?: readonly DownwardFile[] };
  readonly serviceAccountToken?: { readonly path?: string; readonly expirationSeconds?: number };
  readonly clusterTrustBundle?: unknown;
  readonly podCertificate?: unknown;
}

/** Any volume source: every field that one of them may have. */
interface Source {
  readonly path?: string;
  readonly type?: string;
  readonly name?: string;
  readonly secretName?: string;
  readonly claimName?: string;
  readonly server?: string;
  readonly driver?: string;
  readonly sizeLimit?: string;
  readonly defaultMode?: number;
  readonly repository?: string;
  readonly directory?: string;
  readonly items?: readonly (KeyToPath & DownwardFile)[];
  readonly sources?: readonly ProjectedSource[];
  readonly volumeClaimTemplate?: LooseClaimTemplate;
}

/** A volume as validation meets it: its name, and its source under one of many fields. */
export type LooseVolume = { readonly name?: string } & { readonly [source: string]: unknown };

type SourceCheck = (errors: FieldErrors, source: Source, path: string) => void;

/** In the order in which the API looks for them: of several sources, the first is the one that counts. */
const SOURCES: ReadonlyMap<string, SourceCheck | undefined> = new Map<string, SourceCheck | undefined>([
  ["emptyDir", checkEmptyDir],
  ["hostPath", checkHostPath],
  ["gitRepo", checkGitRepo],
  ["gcePersistentDisk", undefined],
  ["awsElasticBlockStore", undefined],
  ["secret", checkSecret],
  ["nfs", checkNfs],
  ["iscsi", undefined],
  ["glusterfs", undefined],
  ["flocker", undefined],
  [
    "persistentVolumeClaim",
    (errors, { claimName }, path) => requireText(errors, claimName, `${path}.claimName`),
  ],
  ["rbd", undefined],
  ["cinder", undefined],
  ["cephfs", undefined],
  ["quobyte", undefined],
  ["downwardAPI", checkDownward],
  ["fc", undefined],
  ["flexVolume", (errors, { driver }, path) => requireText(errors, driver, `${path}.driver`)],
  ["configMap", checkConfigMap],
  ["azureFile", undefined],
  ["vsphereVolume", undefined],
  ["photonPersistentDisk", undefined],
  ["portworxVolume", undefined],
  ["azureDisk", undefined],
  ["storageos", undefined],
  ["projected", checkProjected],
  ["scaleIO", undefined],
  ["csi", checkCsi],
  ["ephemeral", checkEphemeral],
  ["image", undefined],
]);
const SOURCE_ORDER = [...SOURCES.keys()];

/** The pod's volumes. Those that are well formed come back by name, for mounts to refer to. */
export function checkVolumes(
  errors: FieldErrors,
  volumes: readonly LooseVolume[],
  path: string,
  podName: string,
): VolumeNames {
  const wellFormed = new Map<string, boolean>();
  const claimsToCome = new Set<string>();
  if (podName !== "") {
    for (const { name, ephemeral } of volumes) if (ephemeral) claimsToCome.add(`${podName}-${name}`);
  }
  volumes.forEach((volume, i) => {
    const at = `${path}[${i}]`;
    const { name = "" } = volume;
    const before = errors.list.length;
    checkSource(errors, volume, at, podName);
    if (name === "") errors.required(`${at}.name`);
    else errors.invalidEach(`${at}.name`, name, dnsLabel(name));
    if (wellFormed.has(name)) errors.duplicate(`${at}.name`, name);
    if (errors.list.length === before) {
      wellFormed.set(name, volume.persistentVolumeClaim !== undefined || volume.ephemeral !== undefined);
    }
    const { claimName = "" } = (volume.persistentVolumeClaim ?? {}) as Source;
    if (claimsToCome.has(claimName)) {
      const rule = "must not reference a PVC that gets created for an ephemeral volume";
      errors.invalid(`${at}.persistentVolumeClaim.claimName`, claimName, rule);
    }
  });
  return wellFormed;
}

function checkSource(errors: FieldErrors, volume: LooseVolume, path: string, podName: string): void {
  const [field, ...more] = sourcesOf(volume);
  if (field === undefined) {
    errors.required(path, "must specify a volume type");
    return;
  }
  SOURCES.get(field)?.(errors, volume[field] as Source, `${path}.${field}`);
  if (field === "ephemeral") checkClaimName(errors, volume.name ?? "", `${path}.name`, podName);
  for (const other of more) errors.forbidden(`${path}.${other}`, "may not specify more than 1 volume type");
}

function sourcesOf(volume: LooseVolume): string[] {
  const fields: string[] = [];
  for (const field in volume) if (SOURCES.has(field) && volume[field] !== undefined) fields.push(field);
  if (fields.length > 1) fields.sort((a, b) => SOURCE_ORDER.indexOf(a) - SOURCE_ORDER.indexOf(b));
  return fields;
}

/** The claim of an ephemeral volume is named after both. */
function checkClaimName(errors: FieldErrors, volume: string, path: string, podName: string): void {
  if (podName === "" || volume === "") return;
  const claim = `${podName}-${volume}`;
  errors.invalidEach(
    path,
    volume,
    dnsSubdomain(claim).map((problem) => `PVC name "${claim}": ${problem}`),
  );
}

function requireText(errors: FieldErrors, text: string | undefined, path: string): void {
  if (!text) errors.required(path);
}

function checkEmptyDir(errors: FieldErrors, { sizeLimit }: Source, path: string): void {
  if (sizeLimit?.startsWith("-")) {
    errors.forbidden(`${path}.sizeLimit`, "SizeLimit field must be a valid resource quantity");
  }
}

const HOST_PATH_TYPES = [
  "",
  "BlockDevice",
  "CharDevice",
  "Directory",
  "DirectoryOrCreate",
  "File",
  "FileOrCreate",
  "Socket",
];

/** A folder of the node. */
export function checkHostPath(errors: FieldErrors, source: Source, path: string): void {
  if (!source.path) {
    errors.required(`${path}.path`);
    return;
  }
  checkNoBacksteps(errors, source.path, `${path}.path`);
  const { type = "" } = source;
  if (!HOST_PATH_TYPES.includes(type)) errors.notSupported(`${path}.type`, type, HOST_PATH_TYPES);
}

function checkGitRepo(errors: FieldErrors, { repository, directory = "" }: Source, path: string): void {
  requireText(errors, repository, `${path}.repository`);
  checkDescendingPath(errors, directory, `${path}.directory`);
}

function checkSecret(errors: FieldErrors, source: Source, path: string): void {
  requireText(errors, source.secretName, `${path}.secretName`);
  checkFileMode(errors, source.defaultMode, `${path}.defaultMode`);
  checkKeys(errors, source.items, path);
}

function checkConfigMap(errors: FieldErrors, source: Source, path: string): void {
  requireText(errors, source.name, `${path}.name`);
  checkFileMode(errors, source.defaultMode, `${path}.defaultMode`);
  checkKeys(errors, source.items, path);
}

function checkKeys(errors: FieldErrors, items: readonly KeyToPath[] | undefined, path: string): void {
  items?.forEach(({ key, path: file = "", mode }, i) => {
    const at = `${path}.items[${i}]`;
    requireText(errors, key, `${at}.key`);
    requireText(errors, file, `${at}.path`);
    checkFilePath(errors, file, `${at}.path`);
    checkFileMode(errors, mode, `${at}.mode`);
  });
}

function checkNfs(errors: FieldErrors, source: Source, path: string): void {
  requireText(errors, source.server, `${path}.server`);
  requireText(errors, source.path, `${path}.path`);
  if (!source.path?.startsWith("/")) {
    errors.invalid(`${path}.path`, source.path ?? "", "must be an absolute path");
  }
}

function checkDownward(errors: FieldErrors, source: Source, path: string): void {
  checkFileMode(errors, source.defaultMode, `${path}.defaultMode`);
  for (const file of source.items ?? []) checkDownwardFile(errors, file, path);
}

/** The API names the volume and not the item. */
function checkDownwardFile(errors: FieldErrors, file: DownwardFile, path: string): void {
  requireText(errors, file.path, `${path}.path`);
  checkFilePath(errors, file.path ?? "", `${path}.path`);
  if (file.fieldRef) {
    checkFieldRef(errors, file.fieldRef, `${path}.fieldRef`, VOLUME_FIELDS);
    if (file.resourceFieldRef) {
      errors.invalid(path, "resource", "fieldRef and resourceFieldRef can not be specified simultaneously");
    }
  } else if (file.resourceFieldRef) {
    checkResourceRef(errors, file.resourceFieldRef, `${path}.resourceFieldRef`, true);
  } else errors.required(path, "one of fieldRef and resourceFieldRef is required");
  checkFileMode(errors, file.mode, `${path}.mode`);
}

const TOKEN_SECONDS_MIN = 600;
const TOKEN_SECONDS_MAX = 2 ** 32;

/** Frozen sources that were found in order. Those of tokens are the same in nearly every pod. */
const projectedInOrder = new WeakSet<Source>();

function checkProjected(errors: FieldErrors, source: Source, path: string): void {
  if (projectedInOrder.has(source)) return;
  const before = errors.list.length;
  checkProjectedSource(errors, source, path);
  if (errors.list.length === before && Object.isFrozen(source)) projectedInOrder.add(source);
}

function checkProjectedSource(errors: FieldErrors, source: Source, path: string): void {
  checkFileMode(errors, source.defaultMode, `${path}.defaultMode`);
  const files = new Set<string>();
  const claimFile = (file: string | undefined, told: string): void => {
    if (!file) return;
    if (files.has(file)) errors.invalid(path, told, "conflicting duplicate paths");
    files.add(file);
  };
  source.sources?.forEach((part, i) => {
    const at = `${path}.sources[${i}]`;
    for (const field of ["secret", "configMap"] as const) {
      const keys = part[field];
      if (keys === undefined) continue;
      requireText(errors, keys.name, `${at}.${field}.name`);
      checkKeys(errors, keys.items, `${at}.${field}`);
      for (const item of keys.items ?? []) claimFile(item.path, keys.name ?? "");
    }
    for (const file of part.downwardAPI?.items ?? []) {
      checkDownwardFile(errors, file, `${at}.downwardAPI`);
      claimFile(file.path, file.path ?? "");
    }
    if (part.serviceAccountToken) checkToken(errors, part.serviceAccountToken, at, path);
    if (countSet(part) > 1) {
      errors.forbidden(at, "may not specify more than 1 volume type per source");
    }
  });
}

function countSet(part: ProjectedSource): number {
  let count = 0;
  for (const field in part) if (part[field as keyof ProjectedSource] !== undefined) count++;
  return count;
}

function checkToken(
  errors: FieldErrors,
  token: NonNullable<ProjectedSource["serviceAccountToken"]>,
  source: string,
  volume: string,
): void {
  const { expirationSeconds: seconds = 0, path = "" } = token;
  const at = `${source}.serviceAccountToken.expirationSeconds`;
  if (seconds < TOKEN_SECONDS_MIN)
    errors.invalid(at, seconds, "may not specify a duration less than 10 minutes");
  if (seconds > TOKEN_SECONDS_MAX)
    errors.invalid(at, seconds, "may not specify a duration larger than 2^32 seconds");
  if (path === "") errors.required(`${volume}.path`);
  else checkFilePath(errors, path, `${volume}.path`);
}

function checkCsi(errors: FieldErrors, { driver = "" }: Source, path: string): void {
  checkDriverName(errors, driver, `${path}.driver`);
}

const DRIVER_NAME_LENGTH_MAX = 63;

/** The name of a CSI driver: a domain of at most 63 characters. */
export function checkDriverName(errors: FieldErrors, driver: string, path: string): void {
  if (driver === "") errors.required(path);
  if (driver.length > DRIVER_NAME_LENGTH_MAX) errors.tooLong(path, DRIVER_NAME_LENGTH_MAX);
  errors.invalidEach(path, driver, dnsSubdomain(driver.toLowerCase()));
}

function checkEphemeral(errors: FieldErrors, { volumeClaimTemplate }: Source, path: string): void {
  if (volumeClaimTemplate === undefined) errors.required(`${path}.volumeClaimTemplate`);
  else checkClaimTemplate(errors, volumeClaimTemplate, `${path}.volumeClaimTemplate`);
}
