import type { Kind } from "../../../kube/kind.ts";
import { customResourceDefinitions, replicationControllers } from "../../../kube/kinds.ts";
import { compileLabels, compileSelector } from "../../../kube/selectors.ts";
import type { KubeObject, LabelSelector, StringMap } from "../../../kube/types/index.ts";
import type { Api } from "../../apiserver/api.ts";

/** What an object's scale subresource shows. */
export interface Scale {
  /** How many pods it is to have. */
  readonly replicas: number;
  /** The selector of its pods as text; empty for a kind that does not say. */
  readonly selector: string;
}

interface ScalePaths {
  readonly specReplicasPath?: string;
  readonly labelSelectorPath?: string;
}

/** The scale of an object of a kind that has one; custom kinds say at which paths of theirs it stands. */
export function readScale(api: Api, kind: Kind, object: KubeObject): Scale {
  const paths = customPaths(api, kind);
  if (paths !== undefined) {
    const selector = valueAt(object, paths.labelSelectorPath ?? "");
    return {
      replicas: asNumber(valueAt(object, paths.specReplicasPath ?? "")),
      selector: typeof selector === "string" ? selector : "",
    };
  }
  const { spec } = object as KubeObject & {
    readonly spec: { readonly replicas?: number; readonly selector?: unknown };
  };
  return { replicas: spec.replicas ?? 0, selector: selectorText(kind, spec.selector) };
}

function customPaths(api: Api, kind: Kind): ScalePaths | undefined {
  const definition = api.get(customResourceDefinitions, undefined, `${kind.plural}.${kind.group}`);
  const version = definition?.spec.versions.find(({ name }) => name === kind.version);
  return version?.subresources?.scale as ScalePaths | undefined;
}

function selectorText(kind: Kind, selector: unknown): string {
  if (selector === undefined) return "";
  return kind.kind === replicationControllers.kind
    ? compileLabels(selector as StringMap).toString()
    : compileSelector(selector as LabelSelector).toString();
}

function valueAt(object: unknown, path: string): unknown {
  let value = object;
  for (const field of path.split(".").filter((part) => part !== "")) {
    value = (value as Readonly<Record<string, unknown>> | undefined)?.[field];
  }
  return value;
}

function asNumber(value: unknown): number {
  return typeof value === "number" ? value : 0;
}
