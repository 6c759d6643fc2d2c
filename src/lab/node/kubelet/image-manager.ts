import type { Container as ContainerSpec, Pod } from "../../../kube/types/index.ts";
import { imageSizeBytes, parseImage } from "../host/image-names.ts";
import type { ImageStore } from "../host/image-store.ts";
import type { PullProblem } from "../host/registries.ts";
import type { Routine } from "../routine.ts";
import { Backoff } from "./backoff.ts";
import type { StartFailure } from "./container-status.ts";
import { containerPath, type KubeletContext } from "./kubelet-context.ts";

/** Where images come from and go to. */
export interface ImageManagerOptions {
  readonly images: ImageStore;
  /** Seconds that pulling takes, between the two. */
  readonly pullSeconds: (pod: Pod, spec: ContainerSpec) => readonly [min: number, max: number];
  /** Why the container's image cannot be had now, if it cannot. */
  readonly pullProblem: (pod: Pod, spec: ContainerSpec) => PullProblem | undefined;
}

/** Gets images onto the machine, one at a time, as kubelets do unless told otherwise (serializeImagePulls). */
export class ImageManager {
  readonly #context: KubeletContext;
  readonly #options: ImageManagerOptions;
  readonly #backoff: Backoff;
  /** Why the last pull failed, by back-off key. */
  readonly #problems = new Map<string, string>();
  readonly #waiting: (() => void)[] = [];
  #pulling = false;

  constructor(context: KubeletContext, options: ImageManagerOptions) {
    this.#context = context;
    this.#options = options;
    const { timing, agenda } = context;
    this.#backoff = new Backoff(agenda.engine, timing.imageBackoffMs, timing.imageBackoffMaxMs);
  }

  /** Sees to it that a container's image is there; tells why not. */
  *ensure(pod: Pod, spec: ContainerSpec): Routine<StartFailure | undefined> {
    const { image, imagePullPolicy } = spec;
    if (!isImageName(image)) {
      const message = `Failed to apply default image tag "${image}": couldn't parse image name "${image}": invalid reference format`;
      this.#tell(pod, spec, "Warning", "InspectFailed", message);
      return this.#failure(pod, spec, "InvalidImageName", message);
    }
    const isPresent = this.#options.images.has(image);
    if (imagePullPolicy === "Never" && !isPresent) {
      const message = `Container image "${image}" is not present with pull policy of Never`;
      this.#tell(pod, spec, "Warning", "ErrImageNeverPull", message);
      return this.#failure(pod, spec, "ErrImageNeverPull", message);
    }
    if (imagePullPolicy !== "Always" && isPresent) {
      this.#tell(pod, spec, "Normal", "Pulled", `Container image "${image}" already present on machine`);
      return undefined;
    }
    const key = `${pod.metadata.uid}_${image}`;
    if (this.#backoff.holds(key)) {
      const message = `Back-off pulling image "${image}"`;
      this.#tell(pod, spec, "Normal", "BackOff", message);
      const problem = this.#problems.get(key);
      const detail = problem === undefined ? message : `${message}: ${problem}`;
      return this.#failure(pod, spec, "ImagePullBackOff", detail);
    }
    this.#problems.delete(key);
    return yield* this.#pull(pod, spec, key);
  }

  /** Forgets a pod's back-offs. */
  forget(podUid: string): void {
    this.#backoff.forget(`${podUid}_`);
    for (const key of this.#problems.keys()) if (key.startsWith(`${podUid}_`)) this.#problems.delete(key);
  }

  *#pull(pod: Pod, spec: ContainerSpec, key: string): Routine<StartFailure | undefined> {
    const { image } = spec;
    const { engine } = this.#context.agenda;
    this.#tell(pod, spec, "Normal", "Pulling", `Pulling image "${image}"`);
    const askedAtMs = engine.now();
    if (this.#pulling) yield (wake) => this.#waiting.push(wake);
    this.#pulling = true;
    const beganAtMs = engine.now();
    const problem = this.#options.pullProblem(pod, spec);
    yield problem === undefined ? this.#pullMs(pod, spec) : problem.afterMs;
    const next = this.#waiting.shift();
    // Handed over without being free in between, or one that comes just now would pull beside the next.
    if (next === undefined) this.#pulling = false;
    else next();
    // The registry may have gone while the layers came.
    const failed = problem ?? this.#options.pullProblem(pod, spec);
    if (failed !== undefined) {
      this.#tell(pod, spec, "Warning", "Failed", `Failed to pull image "${image}": ${failed.message}`);
      this.#backoff.next(key);
      this.#problems.set(key, `ErrImagePull: ${failed.message}`);
      return this.#failure(pod, spec, "ErrImagePull", failed.message);
    }
    this.#options.images.add(image);
    const took = goDuration(engine.now() - beganAtMs);
    const tookAll = goDuration(engine.now() - askedAtMs);
    const text = `Successfully pulled image "${image}" in ${took} (${tookAll} including waiting). Image size: ${imageSizeBytes(image)} bytes.`;
    this.#tell(pod, spec, "Normal", "Pulled", text);
    return undefined;
  }

  #pullMs(pod: Pod, spec: ContainerSpec): number {
    // Policy "Always" on an image that is there only asks the registry whether it is still the same.
    if (this.#options.images.has(spec.image)) return this.#context.random.between(200, 900);
    const [min, max] = this.#options.pullSeconds(pod, spec);
    return this.#context.random.between(min * 1000, max * 1000);
  }

  #failure(pod: Pod, spec: ContainerSpec, reason: string, message: string): StartFailure {
    this.#tell(pod, spec, "Warning", "Failed", `Error: ${reason}`);
    return { reason, message };
  }

  #tell(pod: Pod, spec: ContainerSpec, type: "Normal" | "Warning", reason: string, message: string): void {
    this.#context.tell(pod, type, reason, message, containerPath(pod, spec.name));
  }
}

function isImageName(image: string): boolean {
  const { repository } = parseImage(image);
  return /^[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*)*$/.test(
    repository,
  );
}

/** A duration as Go prints one that was cut to whole milliseconds. */
export function goDuration(ms: number): string {
  const whole = Math.floor(ms);
  if (whole === 0) return "0s";
  if (whole < 1000) return `${whole}ms`;
  const minutes = Math.floor(whole / 60_000);
  const hours = Math.floor(minutes / 60);
  const seconds = `${Number(((whole % 60_000) / 1000).toFixed(3))}s`;
  if (minutes === 0) return seconds;
  return hours === 0 ? `${minutes}m${seconds}` : `${hours}h${minutes % 60}m${seconds}`;
}
