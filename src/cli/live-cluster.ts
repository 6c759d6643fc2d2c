/** A cluster that answers: the way into it that the flags name, and what can be read of it. */
import { ConnectionError, type Reader } from "../client/client.ts";
import { createHttpClient, type HttpClient } from "../client/http/http-client.ts";
import { apiVersionOf, type Kind } from "../kube/kind.ts";
import * as kinds from "../kube/kinds.ts";
import { isStatus, StatusError } from "../kube/status-error.ts";
import type { KubeObject } from "../kube/types/index.ts";
import { kubeconfigAccess } from "./kubeconfig-access.ts";
import { findLab } from "./lab-remote.ts";
import type { SourceFlags } from "./source-options.ts";

export interface LiveCluster {
  readonly client: HttpClient;
  /** What errors call it. */
  readonly server: string;
}

/** The cluster or lab that the flags lead to. @throws {InputError} @throws {ConnectionError} */
export function openCluster(flags: SourceFlags): LiveCluster {
  const access = flags.lab === undefined ? kubeconfigAccess(flags) : findLab({ lab: flags.lab });
  return { client: createHttpClient(access, { agent: "holdfast" }), server: access.server };
}

/** Without nodes and pods there is nothing to tell. */
const NEEDED: readonly Kind[] = [kinds.nodes, kinds.pods];

/**
 * Nodes, pods and the objects of other kinds, kind after kind. Rights to list are enough.
 * @param omit told of a kind that may not be listed or is not there
 * @throws {ConnectionError} when nodes or pods may not be listed, or the cluster does not answer
 */
export async function* objectsOf(
  { client, server }: LiveCluster,
  helpful: readonly Kind[],
  omit: (kind: Kind, why: string) => void,
): AsyncGenerator<KubeObject> {
  for (const kind of [...NEEDED, ...helpful]) {
    try {
      yield* pages(client, kind);
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      const mayLack = isStatus(error, "Forbidden") || isStatus(error, "NotFound");
      if (NEEDED.includes(kind) || !mayLack)
        throw new ConnectionError(`${server} does not tell what is needed: ${error.message}`, {
          cause: error,
        });
      omit(kind, error.message);
    }
  }
}

const PAGE_SIZE = 500;

async function* pages(reader: Reader, kind: Kind): AsyncGenerator<KubeObject> {
  let token: string | undefined;
  do {
    const page = await reader.list(kind, { limit: PAGE_SIZE, ...(token && { continue: token }) });
    // A list's items may leave out what the list itself says.
    for (const item of page.items) yield { ...item, apiVersion: apiVersionOf(kind), kind: kind.kind };
    token = page.metadata.continue;
  } while (token);
}
