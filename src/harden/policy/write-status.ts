/** What apply and verify found, as conditions of the policy, until there is an operator that keeps them. */
import type { Client } from "../../client/client.ts";
import { setCondition } from "../../kube/conditions.ts";
import { POLICY_KINDS } from "../../kube/holdfast-kinds.ts";
import { isStatus } from "../../kube/status-error.ts";
import type { HighAvailabilityPolicy } from "../../kube/types/index.ts";
import type { PolicyName } from "../apply/journal.ts";
import { FIELD_MANAGER } from "../fields/field-owners.ts";

export interface FoundStatus {
  readonly type: "Applied" | "Verified";
  readonly isTrue: boolean;
  readonly reason: string;
  readonly message: string;
  readonly revision?: number;
  readonly targets?: number;
  readonly asIntended?: number;
}

/** Writes a condition into the policy's status. A policy that is in a file only has none. */
export async function writeStatus(
  client: Client,
  policy: PolicyName,
  found: FoundStatus,
  nowMs: number,
): Promise<void> {
  const kind = POLICY_KINDS.find((each) => each.kind === policy.kind);
  if (kind === undefined) return;
  try {
    const live: HighAvailabilityPolicy = await client.get(kind, policy.namespace, policy.name);
    const { type, isTrue, reason, message, ...counts } = found;
    const { generation } = live.metadata;
    const condition = {
      type,
      status: isTrue ? ("True" as const) : ("False" as const),
      reason,
      message,
      ...(generation !== undefined && { observedGeneration: generation }),
    };
    const status = {
      ...counts,
      ...(generation !== undefined && { observedGeneration: generation }),
      conditions: setCondition(live.status?.conditions, condition, nowMs),
    };
    const query = { fieldManager: FIELD_MANAGER, subresource: "status" };
    await client.patch(kind, policy.namespace, policy.name, "merge", { status }, query);
  } catch (error) {
    if (!isStatus(error, "NotFound")) throw error;
  }
}
