/** Objects as cases send them: the least that a server takes, with what the case is about on top. */
import type { Body, ListQuery } from "../../src/client/client.ts";
import { StatusError } from "../../src/kube/status-error.ts";
import type { KubeObject } from "../../src/kube/types/index.ts";
import type { CaseWorld } from "./client-contract.ts";

type Fields = Readonly<Record<string, unknown>>;

export function configMap(name: string, data: Fields = {}, metadata: Fields = {}): Body {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name, ...metadata }, data };
}

/** No replicas, so that nothing follows from it. */
export function deployment(name: string, spec: Fields = {}): Body {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name },
    spec: { replicas: 0, selector: { matchLabels: { app: name } }, template: podTemplate(name), ...spec },
  };
}

/** A scheduler that does not exist leaves it alone. */
export function pod(name: string, spec: Fields = {}): Body {
  const { metadata, spec: own } = podTemplate(name);
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { ...metadata, name },
    spec: { ...own, schedulerName: "nobody", ...spec },
  };
}

function podTemplate(app: string) {
  const containers = [{ name: "main", image: "registry.k8s.io/pause:3.10" }];
  return { metadata: { labels: { app } }, spec: { containers, automountServiceAccountToken: false } };
}

/** The refusal that a request must end in. */
export async function refusal(request: Promise<unknown>): Promise<StatusError> {
  try {
    await request;
  } catch (error) {
    if (error instanceof StatusError) return error;
    throw error;
  }
  throw new Error("The request was not refused");
}

/** A selector's part of a query, in the case's namespace. */
export function inCase({ namespace, name }: CaseWorld, more: ListQuery = {}): ListQuery {
  const { labelSelector, ...rest } = more;
  const selector = labelSelector === undefined ? `case=${name}` : `case=${name},${labelSelector}`;
  return { namespace, ...rest, labelSelector: selector };
}

export function names(objects: readonly KubeObject[]): string[] {
  return objects.map((object) => object.metadata.name);
}

/** An object as something to send back. */
export function bodyOf(object: object): Body {
  return object as Body;
}
