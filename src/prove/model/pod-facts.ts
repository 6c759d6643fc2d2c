import { controllerOf } from "../../kube/owners.ts";
import { parseTime } from "../../kube/time.ts";
import type { Pod } from "../../kube/types/index.ts";
import { DAEMON, GENERATED, READY, STATIC, TERMINATING } from "./pod-table.ts";

/** What a pod has that others of its class may not have. */
export interface PodFacts {
  readonly name: string;
  readonly nodeName?: string | undefined;
  readonly isReady: boolean;
  readonly isTerminating: boolean;
  /** Seconds since the epoch; 0 for a pod that has not started. */
  readonly startSeconds: number;
}

/** A pod that has ended holds nothing any more, though its object may stay for long. */
export function hasEnded({ status }: Pod): boolean {
  return status?.phase === "Succeeded" || status?.phase === "Failed";
}

/** @param isTyped whether every field has its type; of a pod that is not, only who it is and where */
export function podFacts({ metadata, spec, status }: Pod, isTyped: boolean): PodFacts {
  const start = isTyped ? parseTime(status?.startTime ?? "") : undefined;
  return {
    name: metadata.name,
    nodeName: typeof spec?.nodeName === "string" ? spec.nodeName : undefined,
    isReady:
      isTyped && (status?.conditions?.some((one) => one.type === "Ready" && one.status === "True") ?? false),
    isTerminating: metadata.deletionTimestamp != null,
    startSeconds: start === undefined ? 0 : Math.max(0, Math.floor(start / 1_000)),
  };
}

/** The uid of a pod where claims are made for it: there it matters. */
export function claimingUid({ metadata, spec }: Pod): string | undefined {
  return spec?.volumes?.some(({ ephemeral }) => ephemeral) && metadata.uid ? metadata.uid : undefined;
}

/** The flags of a pod of the class, and what is kept of its name. */
export function flagsAndName(
  prototype: Pod,
  { name, isReady, isTerminating }: PodFacts,
): { readonly flags: number; readonly name: string } {
  const { generateName } = prototype.metadata;
  const owner = controllerOf(prototype);
  const isGenerated = generateName !== undefined && name.startsWith(generateName);
  const flags =
    (isReady ? READY : 0) |
    (isTerminating ? TERMINATING : 0) |
    (owner?.kind === "Node" ? STATIC : 0) |
    (owner?.kind === "DaemonSet" ? DAEMON : 0) |
    (isGenerated ? GENERATED : 0);
  return { flags, name: isGenerated ? name.slice(generateName.length) : name };
}
