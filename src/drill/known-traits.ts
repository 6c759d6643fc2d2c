import { knownProfile } from "../lab/node/apps/workload-profile.ts";
import { DEFAULT_PROFILE, type ProfileFile, type WorkloadProfile } from "../lab/node/profile.ts";
import type { Workload } from "./subject.ts";

/** What is known of a workload's containers, rather than taken by default; the first that knows a field decides. */
export function knownTraits(file: ProfileFile, { metadata, spec }: Workload): Partial<WorkloadProfile> {
  const { name, namespace = "" } = metadata;
  const known = spec.template.spec.containers.map((container) =>
    knownProfile(file, { namespace, workload: name, container }),
  );
  return Object.assign({}, ...known.reverse());
}

/** The guesses that shape a story's figures, each with the profile's field that replaces it. */
export function guessesAbout(file: ProfileFile, workload: Workload): string[] {
  const known = knownTraits(file, workload);
  const name = `${workload.metadata.namespace}/${workload.metadata.name}`;
  const guesses: string[] = [];
  if (known.startSeconds === undefined) {
    guesses.push(
      `${name} is taken to listen ${DEFAULT_PROFILE.startSeconds.join(" to ")} s after its start; startSeconds in a --profile says better`,
    );
  }
  if (known.sessions === undefined && (known.role ?? DEFAULT_PROFILE.role) === "web") {
    guesses.push(
      `nothing says whether and where ${name} keeps logins, so none are watched; sessions in a --profile says it`,
    );
  }
  return guesses;
}
