/**
 * Random sequences of requests to two servers at once, whose answers must be equal. `HOLDFAST_SEQUENCES` asks for more of them
 * than CI plays; `HOLDFAST_SEQUENCE_SEED` replays one.
 */
import { describe, expect, test } from "vitest";
import { makeNamespace } from "../exchange/exchanges.ts";
import { type Counterpart, playExchange } from "../exchange/play.ts";
import { randomSequence } from "./random-sequence.ts";

/** How many CI plays, and how long each of them is. */
export const SEQUENCES = 300;
export const STEPS = 12;
/** So many in one test, so that a failure is found in the list. */
const SEEDS_IN_ONE = 20;

/** Addresses and ports that a server gives out, where a refusal quotes them. */
const ALLOCATED =
  /\b10\.96\.\d{1,3}\.\d{1,3}\b|(?<=nodePort\\?\\?":|duplicate nodePort: \{(?:TCP|UDP) )3\d{4}/gi;

/** Plays sequences against a fresh lab each and one real server; `run` names the namespaces there. */
export function sequenceContract(
  openLab: () => Counterpart,
  openReal: () => Promise<Counterpart>,
  run: string,
): void {
  const asked = process.env.HOLDFAST_SEQUENCE_SEED;
  const seeds =
    asked === undefined
      ? Array.from({ length: Number(process.env.HOLDFAST_SEQUENCES ?? SEQUENCES) }, (_, i) => i + 1)
      : [Number(asked)];
  const rounds = Array.from({ length: Math.ceil(seeds.length / SEEDS_IN_ONE) }, (_, i) =>
    seeds.slice(i * SEEDS_IN_ONE, (i + 1) * SEEDS_IN_ONE),
  );
  describe("random sequences", () => {
    test.each(rounds.map((round) => [`seeds ${round[0]} to ${round.at(-1)}`, round] as const))(
      "%s",
      { timeout: 120_000 },
      async (_, round) => {
        for (const seed of round) await expectSame(seed, openLab(), await openReal(), `${run}-${seed}-x`);
      },
    );
  });
}

async function expectSame(seed: number, lab: Counterpart, real: Counterpart, namespace: string) {
  const sequence = randomSequence(seed, STEPS);
  const play = async (counterpart: Counterpart) => {
    for (const each of [namespace, `${namespace}-2`]) await makeNamespace(counterpart.client, each);
    const answers = await playExchange(counterpart, namespace, sequence, true);
    return answers.map((answer) => inOneOrder(answer.replaceAll(ALLOCATED, "ALLOCATED")));
  };
  const told = await play(lab);
  const wanted = await play(real);
  const transcript = (answers: readonly string[]) =>
    sequence.steps.map(({ source }, i) => `${source}\n----\n${answers[i]}`).join("\n\n");
  const replay = `HOLDFAST_SEQUENCE_SEED=${seed} npm run contract -- test/contract/sequences`;
  expect(transcript(told), `The lab answers differently. Replay: ${replay}`).toBe(transcript(wanted));
}

/** Findings about the keys of a ConfigMap or Secret: a real server goes over a map in another order every time. */
const KEY_FINDING = /^- \S+ (?:binaryData|data)\[/;

/** An answer whose findings about keys stand in order. */
function inOneOrder(answer: string): string {
  const lines = answer.split("\n");
  const findings = lines.filter((line) => KEY_FINDING.test(line));
  if (findings.length < 2) return answer;
  const sorted = findings.toSorted().values();
  const told = lines.map((line) => (KEY_FINDING.test(line) ? String(sorted.next().value) : line));
  return told
    .map((line) =>
      line.replace(/(?<=is invalid: \[).*(?=\]$)/, (all) =>
        all
          .split(/, (?=(?:binaryD|d)ata\[)/)
          .sort()
          .join(", "),
      ),
    )
    .join("\n");
}
