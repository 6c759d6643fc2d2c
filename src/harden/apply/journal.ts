/**
 * The undo journal: what was done for a policy, and all that takes it back, as objects in the cluster. Each component of each apply
 * is one ControllerRevision, the kind that Kubernetes keeps the history of StatefulSets in: what is in it cannot be changed by
 * anybody once it is written, only how far it has come (an annotation) can.
 */
import type { Client } from "../../client/client.ts";
import { controllerRevisions, namespaces } from "../../kube/kinds.ts";
import { isStatus } from "../../kube/status-error.ts";
import type { ControllerRevision } from "../../kube/types/index.ts";
import { FIELD_MANAGER } from "../fields/field-owners.ts";
import type { StepRecord } from "./step-record.ts";

/** Whose journal it is. */
export interface PolicyName {
  readonly kind: string;
  /** Of a policy of a namespace. */
  readonly namespace?: string;
  readonly name: string;
}

/** `applying` and `rolling-back` are unfinished: whoever did it has been stopped. */
export type JournalState = "applying" | "applied" | "rolling-back" | "rolled-back" | "left-behind";

export interface JournalEntry {
  readonly policy: PolicyName;
  /** Counts the applies of the policy, from 1. */
  readonly revision: number;
  /** "Deployment shop/web" */
  readonly component: string;
  readonly steps: readonly StepRecord[];
  /** The revision in force of this component when it was written, 0 for none: what has to be taken back after it. */
  readonly previous: number;
  readonly state: JournalState;
  mark(state: JournalState): Promise<void>;
  remove(): Promise<void>;
}

/** Where the journals of policies of the whole cluster are; made when the first one is written. */
export const SYSTEM_NAMESPACE = "holdfast-system";

const LABELS = { "app.kubernetes.io/managed-by": "holdfast", "holdfast.dev/journal": "apply" };
const SELECTOR = Object.entries(LABELS)
  .map(([key, value]) => `${key}=${value}`)
  .join(",");
const STATE = "holdfast.dev/state";

interface JournalData {
  readonly policy: PolicyName;
  readonly component: string;
  /** Its place among the components of its revision. */
  readonly order: number;
  readonly previous: number;
  readonly steps: readonly StepRecord[];
}

/** One apply of one policy, as it is written. */
export class Journal {
  readonly #client: Client;
  readonly policy: PolicyName;
  readonly revision: number;
  readonly #earlier: readonly JournalEntry[];
  #order = 0;

  private constructor(client: Client, policy: PolicyName, earlier: readonly JournalEntry[]) {
    this.#client = client;
    this.policy = policy;
    this.#earlier = earlier;
    this.revision = Math.max(0, ...earlier.map(({ revision }) => revision)) + 1;
  }

  /** A journal with the revision after the last one. */
  static async open(client: Client, policy: PolicyName): Promise<Journal> {
    return new Journal(client, policy, await readJournal(client, policy));
  }

  /** Writes down what is going to be done, before it is. */
  async begin(component: string, steps: readonly StepRecord[]): Promise<JournalEntry> {
    const namespace = namespaceOf(this.policy);
    await ensureNamespace(this.#client, this.policy);
    const order = this.#order++;
    const last = this.#earlier.findLast((entry) => isInForce(entry) && entry.component === component);
    const previous = last?.revision ?? 0;
    const data: JournalData = { policy: this.policy, component, order, previous, steps };
    const body = {
      apiVersion: "apps/v1",
      kind: "ControllerRevision",
      metadata: {
        name: `${this.policy.name.slice(0, 200)}-${this.revision}-${order}`,
        namespace,
        labels: LABELS,
        annotations: { [STATE]: "applying" },
      },
      revision: this.revision,
      data,
    };
    const query = { fieldManager: FIELD_MANAGER };
    return entryOf(this.#client, await this.#client.create(controllerRevisions, namespace, body, query));
  }
}

/** Everything that is known of a policy, the oldest first. */
export async function readJournal(client: Client, policy: PolicyName): Promise<JournalEntry[]> {
  const namespace = namespaceOf(policy);
  const list = await client.list(controllerRevisions, { namespace, labelSelector: SELECTOR });
  return list.items
    .filter(({ data }) => isSame((data as unknown as JournalData).policy, policy))
    .toSorted((a, b) => a.revision - b.revision || orderOf(a) - orderOf(b))
    .map((revision) => entryOf(client, revision));
}

function entryOf(client: Client, { metadata, revision, data }: ControllerRevision): JournalEntry {
  const { policy, component, previous, steps } = data as unknown as JournalData;
  const state = (metadata.annotations?.[STATE] ?? "applying") as JournalState;
  const mark = async (next: JournalState) => {
    const patch = { metadata: { annotations: { [STATE]: next } } };
    const query = { fieldManager: FIELD_MANAGER };
    await client.patch(controllerRevisions, metadata.namespace, metadata.name, "merge", patch, query);
  };
  const remove = async () => {
    const preconditions = { uid: metadata.uid };
    await client.delete(controllerRevisions, metadata.namespace, metadata.name, { preconditions });
  };
  return { policy, revision, component, steps, previous, state, mark, remove };
}

/** Whether something of it is in the cluster still. */
export function isInForce({ state }: Pick<JournalEntry, "state">): boolean {
  return state !== "rolled-back";
}

function orderOf({ data }: ControllerRevision): number {
  return (data as unknown as JournalData).order;
}

function isSame(a: PolicyName, b: PolicyName): boolean {
  return a.kind === b.kind && a.name === b.name && a.namespace === b.namespace;
}

function namespaceOf({ namespace = SYSTEM_NAMESPACE }: PolicyName): string {
  return namespace;
}

async function ensureNamespace(client: Client, { namespace }: PolicyName): Promise<void> {
  if (namespace !== undefined) return;
  const body = { apiVersion: "v1", kind: "Namespace", metadata: { name: SYSTEM_NAMESPACE } };
  try {
    await client.create(namespaces, undefined, body, { fieldManager: FIELD_MANAGER });
  } catch (error) {
    if (!isStatus(error, "AlreadyExists")) throw error;
  }
}
