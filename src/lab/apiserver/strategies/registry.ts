import { deepEqual } from "../../../base/deep.ts";
import { type Kind, resourceName } from "../../../kube/kind.ts";
import { podStrategy } from "./pod-strategy.ts";
import { type Strategy, specChanged, strategy } from "./strategy.ts";

const STRATEGIES: Readonly<Record<string, Strategy>> = {
  pods: podStrategy,
};

const plain = strategy({});
const withStatus = strategy({ initialStatus: {}, newGeneration: specChanged });

/** The strategy of a stored kind. Custom kinds with a status subresource count generations of everything but metadata and status. */
export function strategyOf(kind: Kind): Strategy {
  return STRATEGIES[resourceName(kind)] ?? (kind.subresources.status === undefined ? plain : withStatus);
}

export { deepEqual };
