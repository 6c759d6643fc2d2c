/**
 * From a pod being bound to a node until it serves: pulling, init containers, starting, probes. What an image needs for that is
 * taken from the same profile and catalogue as the lab's, so both tell the same story.
 */
import type { Container, Pod, PodSpec, Probe } from "../../kube/types/index.ts";
import { knownProfile, type ProfileSubject } from "../../lab/node/apps/workload-profile.ts";
import { qualifiedImage } from "../../lab/node/host/image-names.ts";
import { DEFAULT_PROFILE, type ProfileFile, type WorkloadProfile } from "../../lab/node/profile.ts";
import { between, exactly, latest, NO_TIME, type Seconds, sum } from "./seconds.ts";

/** A kubelet's part for the pod: hearing of it, sandbox, mounts. */
const SET_UP = between(0.3, 2);
/** Creating and starting one container. */
const CREATE = between(0.06, 0.3);
/** The kubelet looks at its containers once a second (genericPlegRelistPeriod), and then tells the API server. */
const NOTICE = between(0, 1.5);
/** An image that is there and is to be pulled always: the registry is only asked whether it is still the same. */
const PULL_CHECK = between(0.2, 0.9);
/** Init containers that say nothing of their own run about so long. */
const INIT_SECONDS = 1;

/** One image of a pod and what it costs on a node. */
export interface ImagePull {
  readonly image: string;
  /** The image's name in full, as nodes name those that they have. */
  readonly qualified: string;
  /** Where the node lacks it. */
  readonly pull: Seconds;
  /** Where it has it. */
  readonly check: Seconds;
}

export interface StartTime {
  /** Every image once, in the order in which they are pulled. */
  readonly images: readonly ImagePull[];
  /** Everything but pulling, from being bound until ready and listening. */
  readonly rest: Seconds;
}

/** How long pods take to start, worked out once for all that run the same containers. */
export class StartTimes {
  readonly #profiles: ProfileFile | undefined;
  /** Nothing is said of single workloads: images tell everything. */
  readonly #isByImage: boolean;
  readonly #byImage = new Map<string, Told>();
  readonly #known = new Map<PodSpec["containers"], { readonly spec: PodSpec; readonly start: StartTime }>();
  readonly #guessed = new Set<string>();

  constructor(profiles: ProfileFile | undefined) {
    this.#profiles = profiles;
    this.#isByImage = Object.keys(profiles?.workloads ?? {}).length === 0;
  }

  /** Images whose times nobody has told. */
  get guessed(): ReadonlySet<string> {
    return this.#guessed;
  }

  /** How long pods of that workload take to start. */
  of({ metadata, spec }: Pod, workload: string): StartTime {
    const known = this.#isByImage ? this.#known.get(spec.containers) : undefined;
    if (known !== undefined && known.spec.initContainers === spec.initContainers) return known.start;
    const namespace = metadata.namespace ?? "default";
    const told = (container: Container) => this.#told({ namespace, workload, container });
    for (const container of spec.containers) if (told(container).isGuess) this.#guessed.add(container.image);
    const start = startTimeOf(spec, (container) => told(container).profile);
    this.#known.set(spec.containers, { spec, start });
    return start;
  }

  #told(subject: ProfileSubject): Told {
    const { image } = subject.container;
    const known = this.#isByImage ? this.#byImage.get(image) : undefined;
    if (known !== undefined) return known;
    const said = knownProfile(this.#profiles, subject);
    const isGuess = said.startSeconds === undefined || said.pullSeconds === undefined;
    const told = { profile: { ...DEFAULT_PROFILE, ...said }, isGuess };
    this.#byImage.set(image, told);
    return told;
  }
}

/** What is in force for a container, and whether times in it are defaults. */
interface Told {
  readonly profile: WorkloadProfile;
  readonly isGuess: boolean;
}

function startTimeOf(spec: PodSpec, profileOf: (container: Container) => WorkloadProfile): StartTime {
  const { containers, initContainers = [] } = spec;
  const images = new Map<string, ImagePull>();
  for (const container of [...initContainers, ...containers]) {
    if (!images.has(container.image)) images.set(container.image, pullOf(container, profileOf(container)));
  }
  const init = initContainers.map((container) => initTime(container, profileOf(container)));
  const ready = containers.map((container, index) =>
    sum(...containers.slice(0, index + 1).map(() => CREATE), readyAfter(container, profileOf(container))),
  );
  return { images: [...images.values()], rest: sum(SET_UP, ...init, latest(ready), NOTICE) };
}

function pullOf(
  { image, imagePullPolicy }: Container,
  { pullSeconds: [min, max] }: WorkloadProfile,
): ImagePull {
  return {
    image,
    qualified: qualifiedImage(image),
    pull: imagePullPolicy === "Never" ? NO_TIME : between(min, max),
    check: imagePullPolicy === "Always" ? PULL_CHECK : NO_TIME,
  };
}

function initTime(container: Container, profile: WorkloadProfile): Seconds {
  if (container.restartPolicy === "Always") return sum(CREATE, startedAfter(container, profile), NOTICE);
  const seconds = profile.runSeconds ?? INIT_SECONDS;
  return sum(CREATE, exactly(seconds), NOTICE);
}

/** From the container's start until its startup probe, if it has one, has passed. */
function startedAfter({ startupProbe }: Container, { startSeconds: [min, max] }: WorkloadProfile): Seconds {
  return startupProbe === undefined ? NO_TIME : afterProbe(between(min, max), startupProbe);
}

/** From the container's start until it listens and its probes have said so. */
function readyAfter(container: Container, profile: WorkloadProfile): Seconds {
  const [min, max] = profile.startSeconds;
  const listens = between(min, max);
  const { readinessProbe } = container;
  const started = startedAfter(container, profile);
  if (readinessProbe === undefined) return latest([listens, started]);
  const from = container.startupProbe === undefined ? listens : latest([listens, started]);
  return afterProbe(from, readinessProbe);
}

/** A probe that begins on a tick of its own period, not before its initial delay, and has to succeed so often. */
function afterProbe(
  listens: Seconds,
  { initialDelaySeconds: delay = 0, periodSeconds, successThreshold }: Probe,
): Seconds {
  const again = (successThreshold - 1) * periodSeconds;
  return {
    // Whole seconds are compared, so that the delay may be up to one second short.
    min: Math.max(delay - 1, listens.min) + again,
    median: Math.max(delay, listens.median) + periodSeconds / 2 + again,
    max: Math.max(delay, listens.max) + periodSeconds + 1 + again,
  };
}
