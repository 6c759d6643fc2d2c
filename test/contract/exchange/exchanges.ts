/** Runs every file of a folder of exchanges against one kind of cluster, or records the answers anew. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Client } from "../../../src/client/client.ts";
import { namespaces, serviceAccounts } from "../../../src/kube/kinds.ts";
import { isStatus } from "../../../src/kube/status-error.ts";
import { type Exchange, parseExchanges, printExchanges } from "./parse.ts";
import { type Counterpart, playExchange } from "./play.ts";

export interface ExchangeCluster extends Counterpart {
  close(): Promise<void>;
}

/** What every server answers. */
export const FOLDER = "test/contract/exchanges";
/** What servers answer that are started with flags for what is off by default: `MUTATING_POLICIES`. */
export const OPTIONAL_FOLDER = "test/contract/optional";

export interface ExchangeOptions {
  /** Whether the files are written anew with what this cluster answers. */
  readonly record?: boolean;
  /** Tells apart the namespaces of several runs on one cluster. */
  readonly run?: string;
  readonly folder?: string;
}

/** Every case as a test of its own. */
export function exchangeContract(
  open: () => Promise<ExchangeCluster>,
  { record = false, run = "exchange", folder = FOLDER }: ExchangeOptions = {},
): void {
  let cluster: ExchangeCluster;
  let count = 0;
  beforeAll(async () => {
    cluster = await open();
  });
  afterAll(async () => await cluster.close());

  for (const file of readdirSync(folder).sort()) {
    const path = join(folder, file);
    const { head, exchanges } = parseExchanges(readFileSync(path, "utf8"));
    const recorded = new Map<Exchange, readonly string[]>();
    describe(file.replace(".txt", "").replaceAll("-", " "), () => {
      test.each(exchanges)("$title", async (exchange) => {
        const namespace = `${run}-${++count}-x`;
        await makeNamespace(cluster.client, namespace);
        const answers = await playExchange(cluster, namespace, exchange);
        if (record) recorded.set(exchange, answers);
        else expect(transcript(exchange, answers)).toBe(transcript(exchange));
      });
      afterAll(() => {
        if (!record) return;
        const answersOf = (exchange: Exchange) =>
          recorded.get(exchange) ?? exchange.steps.map(({ answer }) => answer);
        writeFileSync(path, printExchanges(head, exchanges, answersOf));
      });
    });
  }
}

function transcript(
  { steps }: Exchange,
  answers: readonly string[] = steps.map(({ answer }) => answer),
): string {
  return steps.map(({ source }, i) => `${source}\n----\n${answers[i]}`).join("\n\n");
}

/** A namespace in which pods may be made, whether or not a controller adds the account that they need. */
export async function makeNamespace(client: Client, name: string): Promise<void> {
  await client.create(namespaces, undefined, { metadata: { name } });
  try {
    await client.create(serviceAccounts, name, { metadata: { name: "default" } });
  } catch (error) {
    if (!isStatus(error, "AlreadyExists")) throw error;
  }
}
