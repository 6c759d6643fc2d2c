import { readFileSync } from "node:fs";
import { expect } from "vitest";
import type { Client } from "../../../src/client/client.ts";
import { customResourceDefinitions } from "../../../src/kube/kinds.ts";
import { StatusError } from "../../../src/kube/status-error.ts";
import type { ContractCase } from "../client-contract.ts";

interface Cause {
  readonly reason: string;
  readonly field: string;
  readonly message: string;
}

/** Definitions, each with something of its own, and what kube-apiserver 1.34.4 has against it: nothing when `causes` is absent. */
interface RecordedDefinition {
  readonly name: string;
  readonly definition: Readonly<Record<string, unknown>>;
  readonly causes?: readonly Cause[];
}

const recorded: readonly RecordedDefinition[] = JSON.parse(
  readFileSync(new URL("./custom-definitions.data.json", import.meta.url), "utf8"),
);

export const customDefinitionCases: readonly ContractCase[] = recorded.map(
  ({ name, definition, causes }) => ({
    name: `${name}: ${causes === undefined ? "is taken" : "is refused"}`,
    async run({ client }) {
      expect(await causesOf(client, definition)).toEqual(causes === undefined ? undefined : ordered(causes));
    },
  }),
);

async function causesOf(client: Client, definition: RecordedDefinition["definition"]) {
  try {
    await client.create(customResourceDefinitions, undefined, definition, { dryRun: true });
    return undefined;
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    return ordered((error.details.causes ?? []) as readonly Cause[]);
  }
}

/** Go goes through maps in no order. */
export function ordered(causes: readonly Cause[]): readonly Cause[] {
  const text = ({ field, message }: Cause) => `${field}: ${message}`;
  const same = causes.map(({ reason, field, message }) => ({ reason, field, message }));
  return same.sort((one, other) => (text(one) < text(other) ? -1 : 1));
}
