/** A step with all that is needed to do it again, or to take it back, by somebody who has nothing else: what a journal keeps. */
import type { Body, Client } from "../../client/client.ts";
import { apiVersionOf, type Kind } from "../../kube/kind.ts";
import { findKind } from "../../kube/kinds.ts";
import type { KubeObject } from "../../kube/types/index.ts";
import { type OwnedFields, ownedAt } from "../fields/field-owners.ts";
import type { FieldPath } from "../fields/field-path.ts";
import type { Gate, Step, StepTarget } from "../step.ts";

export interface TargetRecord {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

export interface FieldRecord {
  readonly path: FieldPath;
  /** Absent where there was nothing. */
  readonly before?: unknown;
  /** Absent where nothing is left. */
  readonly after?: unknown;
  /** Changed by an earlier step already, which remembers whose it was. */
  readonly again?: true;
}

export type StepRecord = { readonly target: TargetRecord; readonly gate: Gate } & (
  | { readonly action: "create"; readonly object: Body }
  | {
      readonly action: "patch";
      readonly fields: readonly FieldRecord[];
      /** Who owned the fields before. */
      readonly owners: readonly OwnedFields[];
    }
);

/** The records of a component's steps, from what its objects are like now. */
export async function recordSteps(steps: readonly Step[], client: Client): Promise<StepRecord[]> {
  const changed = new Map<string, Set<string>>();
  const records: StepRecord[] = [];
  for (const step of steps) {
    const { target, gate } = step;
    const base = { target: targetRecord(target), gate };
    if (step.action === "create") {
      records.push({ ...base, action: "create", object: step.object });
      continue;
    }
    const key = `${target.kind.plural} ${target.namespace}/${target.name}`;
    const earlier = changed.get(key) ?? new Set();
    const isAgain = (path: FieldPath) => earlier.has(JSON.stringify(path));
    const first = step.fields.map(({ path }) => path).filter((path) => !isAgain(path));
    const live: KubeObject = await client.get(target.kind, namespaceOf(target), target.name);
    const fields = step.fields.map(({ path, before, after }) => ({
      path,
      ...(before !== undefined && { before }),
      ...(after !== undefined && { after }),
      ...(isAgain(path) && { again: true as const }),
    }));
    records.push({ ...base, action: "patch", fields, owners: ownedAt(live, first) });
    changed.set(key, new Set([...earlier, ...first.map((path) => JSON.stringify(path))]));
  }
  return records;
}

function targetRecord({ kind, namespace, name }: StepTarget): TargetRecord {
  return { apiVersion: apiVersionOf(kind), kind: kind.kind, namespace, name };
}

/** @throws {Error} for a record of a kind that no cluster has by itself, which no plan changes */
export function kindOfRecord({ apiVersion, kind }: TargetRecord): Kind {
  const found = findKind(apiVersion, kind);
  if (found === undefined)
    throw new Error(`The journal names a kind that is not known: ${apiVersion} ${kind}`);
  return found;
}

export function namespaceOf({ namespace }: { readonly namespace: string }): string | undefined {
  return namespace === "" ? undefined : namespace;
}

/** "Deployment shop/web" */
export function recordText({ kind, namespace, name }: TargetRecord): string {
  return `${kind} ${namespace === "" ? "" : `${namespace}/`}${name}`;
}
