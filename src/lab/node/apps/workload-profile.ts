import { controllerOf } from "../../../kube/owners.ts";
import type { Container, Pod } from "../../../kube/types/index.ts";
import { parseImage, qualifiedImage } from "../host/image-names.ts";
import { DEFAULT_PROFILE, type ProfileFile, type WorkloadProfile } from "../profile.ts";
import { catalogueEntry } from "./catalogue.ts";

/** Which workload's which container is asked about. */
export interface ProfileSubject {
  readonly namespace: string;
  /** The Deployment's, StatefulSet's, … own name; a bare pod's own. */
  readonly workload: string;
  readonly container: Pick<Container, "name" | "image">;
}

/** Every value in force for a container: the file's, else the catalogue's, else the default. */
export function workloadProfile(file: ProfileFile | undefined, subject: ProfileSubject): WorkloadProfile {
  return { ...DEFAULT_PROFILE, ...knownProfile(file, subject) };
}

/** Only what the file or the catalogue says: whatever is missing here is a default, and so a guess. */
export function knownProfile(
  file: ProfileFile | undefined,
  subject: ProfileSubject,
): Partial<WorkloadProfile> {
  const { namespace, workload, container } = subject;
  const { repository } = parseImage(container.image);
  const workloads = file?.workloads ?? {};
  const images = file?.images ?? {};
  const bare = repository.slice(repository.lastIndexOf("/") + 1);
  const said = [
    images[bare],
    images[repository],
    images[container.image],
    images[qualifiedImage(container.image)],
    workloads[workload],
    workloads[`${namespace}/${workload}`],
    workloads[`${namespace}/${workload}/${container.name}`],
  ];
  return Object.assign({}, catalogueEntry(repository)?.profile, ...said);
}

/** The name of what a pod belongs to, as far as its own owner tells: a ReplicaSet's Deployment, a Job's CronJob. */
export function workloadNameOf(pod: Pod): string {
  const owner = controllerOf(pod);
  if (owner === undefined) return pod.metadata.name;
  const hash = pod.metadata.labels?.["pod-template-hash"];
  if (owner.kind === "ReplicaSet" && hash !== undefined && owner.name.endsWith(`-${hash}`)) {
    return owner.name.slice(0, -hash.length - 1);
  }
  // A CronJob's Jobs end in the minute that they were due.
  return owner.kind === "Job" ? owner.name.replace(/-\d{8,}$/, "") : owner.name;
}
