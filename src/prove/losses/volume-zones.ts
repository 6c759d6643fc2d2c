import { nodeSelectorMatches } from "../../kube/node-selectors.ts";
import type { Model } from "../model/model.ts";

/** A part of the cluster that volumes cannot leave. */
export interface VolumeTopology {
  /** The label's value: "eu-1"; with several labels of one value, with the label in front. */
  readonly value: string;
  /** Indexes of the nodes in it, ascending. */
  readonly nodes: readonly number[];
}

const HOSTNAME = "kubernetes.io/hostname";

/** Every label and value that a volume requires of its nodes and that several nodes may have, whatever a driver calls its zones. */
export function volumeTopologies(model: Model): readonly VolumeTopology[] {
  const found = new Map<string, { key: string; value: string; nodes: readonly number[] }>();
  for (const { spec } of model.objects.volumes.all()) {
    for (const { matchExpressions = [] } of spec.nodeAffinity?.required?.nodeSelectorTerms ?? []) {
      for (const requirement of matchExpressions) {
        if (requirement.operator !== "In" || requirement.key === HOSTNAME) continue;
        for (const value of requirement.values ?? []) {
          const id = `${requirement.key}=${value}`;
          if (found.has(id)) continue;
          const term = { matchExpressions: [{ ...requirement, values: [value] }] };
          const nodes = [...model.nodes.keys()].filter((node) =>
            nodeSelectorMatches(
              { nodeSelectorTerms: [term] },
              (model.nodes[node] as Model["nodes"][number]).metadata,
            ),
          );
          found.set(id, { key: requirement.key, value, nodes });
        }
      }
    }
  }
  const all = [...found.values()].filter(
    ({ nodes }) => nodes.length > 0 && nodes.length < model.nodes.length,
  );
  const isTwice = (value: string) => all.filter((other) => other.value === value).length > 1;
  return all
    .map(({ key, value, nodes }) => ({ value: isTwice(value) ? `${key}=${value}` : value, nodes }))
    .sort((a, b) => (a.value < b.value ? -1 : 1));
}
