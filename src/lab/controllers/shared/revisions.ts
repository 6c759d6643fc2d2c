/**
 * ControllerRevisions: the past pod templates of a StatefulSet or DaemonSet, each under a number that grows.
 * What is kept of a template is the patch that would bring it back.
 */
import { deepEqual } from "../../../base/deep.ts";
import { controllerRevisions } from "../../../kube/kinds.ts";
import { controllerReferenceTo } from "../../../kube/owners.ts";
import { isStatus } from "../../../kube/status-error.ts";
import type { ControllerRevision, KubeObject, PodTemplateSpec } from "../../../kube/types/index.ts";
import type { Api } from "../../apiserver/api.ts";
import { canonicalJson, hashOf } from "./template-hash.ts";

/** Names the revision in the labels of pods and of ControllerRevisions. */
export const REVISION_HASH_LABEL = "controller-revision-hash";

/** An owner whose templates are kept. */
export interface Revisioned extends KubeObject {
  readonly spec: { readonly template: PodTemplateSpec };
}

/** What a ControllerRevision holds for a template: its keys in order, since clients compare it byte by byte with what they make. */
export function revisionData(template: PodTemplateSpec): Readonly<Record<string, unknown>> {
  return JSON.parse(canonicalJson({ spec: { template: { ...template, $patch: "replace" } } }));
}

/** The template that a ControllerRevision holds. */
export function templateOf(revision: ControllerRevision): PodTemplateSpec {
  const spec = revision.data?.spec as {
    readonly template: PodTemplateSpec & { readonly $patch?: string };
  };
  const { $patch, ...template } = spec.template;
  return template;
}

/** Whether the revision holds this template. */
export function isRevisionOf(revision: ControllerRevision, template: PodTemplateSpec): boolean {
  return deepEqual(templateOf(revision), template);
}

/** Oldest first: by number, then age, then name. */
export function sortRevisions(revisions: readonly ControllerRevision[]): ControllerRevision[] {
  return [...revisions].sort((a, b) => a.revision - b.revision || compareTexts(ageKey(a), ageKey(b)));
}

/** Renumbers a revision, when that is a change. */
export function renumber(api: Api, revision: ControllerRevision, number: number): ControllerRevision {
  if (revision.revision === number) return revision;
  return api.update(controllerRevisions, { ...revision, revision: number });
}

export interface RevisionDraft {
  readonly owner: Revisioned;
  readonly revision: number;
  /** What the hash is taken of; it becomes the name's last part. */
  readonly hash: (collisionCount: number | undefined) => string;
  /** The label that carries the hash. */
  readonly hashLabel: string;
}

/** Stores the owner's present template. `undefined` when another template has the name already. */
export function createRevision(
  api: Api,
  draft: RevisionDraft,
  collisionCount: number | undefined,
): ControllerRevision | undefined {
  const { owner, revision } = draft;
  const { namespace, annotations } = owner.metadata;
  const hash = draft.hash(collisionCount);
  const name = `${owner.metadata.name.slice(0, NAME_PREFIX_MAX)}-${hash}`;
  const data = revisionData(owner.spec.template);
  try {
    return api.create(controllerRevisions, {
      metadata: {
        name,
        ...(namespace !== undefined && { namespace }),
        labels: { ...owner.spec.template.metadata?.labels, [draft.hashLabel]: hash },
        ...(annotations !== undefined && { annotations }),
        ownerReferences: [controllerReferenceTo(owner)],
      },
      data,
      revision,
    });
  } catch (error) {
    if (!isStatus(error, "AlreadyExists")) throw error;
    const existing = api.get(controllerRevisions, namespace, name);
    return existing !== undefined && deepEqual(existing.data, data) ? existing : undefined;
  }
}

/** The hash of a StatefulSet's revision: of the patch it holds. */
export function hashOfRevision(template: PodTemplateSpec, collisionCount: number | undefined): string {
  return hashOf(revisionData(template), collisionCount);
}

const NAME_PREFIX_MAX = 223;

function ageKey({ metadata }: ControllerRevision): string {
  return `${metadata.creationTimestamp} ${metadata.name}`;
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
