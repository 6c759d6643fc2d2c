import { fnv32 } from "../../../base/hash.ts";

/** The parts of "host:port/path:tag@digest". */
export interface ImageName {
  /** Registry with its port; absent for Docker Hub. */
  readonly registry?: string;
  /** Path in the registry, without tag. */
  readonly repository: string;
  readonly tag?: string;
  readonly digest?: string;
}

/** Takes a name apart as the reference grammar does. */
export function parseImage(image: string): ImageName {
  const [beforeDigest = "", digest] = image.split("@", 2);
  const slash = beforeDigest.indexOf("/");
  const head = slash < 0 ? "" : beforeDigest.slice(0, slash);
  // The reference grammar: only a name with a dot or a port, or "localhost", can be a host.
  const isHost = head.includes(".") || head.includes(":") || head === "localhost";
  const path = isHost ? beforeDigest.slice(slash + 1) : beforeDigest;
  const colon = path.lastIndexOf(":");
  const tag = colon > path.lastIndexOf("/") ? path.slice(colon + 1) : undefined;
  return {
    ...(isHost && { registry: head }),
    repository: tag === undefined ? path : path.slice(0, colon),
    ...(tag !== undefined && { tag }),
    ...(digest !== undefined && { digest }),
  };
}

/** The image's name in full, as containerd reports it: "docker.io/library/nginx:latest" for "nginx". */
export function qualifiedImage(image: string): string {
  const { registry, repository, tag, digest } = parseImage(image);
  const path = registry === undefined && !repository.includes("/") ? `library/${repository}` : repository;
  const suffix = digest === undefined ? `:${tag ?? "latest"}` : `@${digest}`;
  return `${registry ?? "docker.io"}/${path}${suffix}`;
}

/** The repository with a made-up content hash, equal for equal names: what stands as `imageID`. */
export function imageDigest(image: string): string {
  const full = qualifiedImage(image);
  const { digest } = parseImage(image);
  const repository = full.slice(0, full.includes("@") ? full.indexOf("@") : full.lastIndexOf(":"));
  return `${repository}@${digest ?? `sha256:${hex64(full)}`}`;
}

/** Bytes of an image, as made up as its hash. */
export function imageSizeBytes(image: string): number {
  return 20_000_000 + (fnv32(qualifiedImage(image)) % 180_000_000);
}

function hex64(text: string): string {
  let hex = "";
  for (let i = 0; i < 8; i++) hex += fnv32(`${i}${text}`).toString(16).padStart(8, "0");
  return hex;
}
