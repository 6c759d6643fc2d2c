import { deployments, statefulSets } from "../../../../src/kube/kinds.ts";
import type { Command } from "../scenario.ts";

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 };
const LIMIT_MS = 3_600_000;

/** run 90s, run 5m, run until ready WORKLOAD */
export const run: Command = (stage, words) => {
  const { engine, api } = stage.lab;
  if (words.at(0) !== "until") {
    const [, amount, unit] = /^(\d+)([smh])$/.exec(words.at(0)) ?? [];
    if (amount === undefined || unit === undefined)
      throw new Error(`"${words.at(0)}" is no time such as 90s or 5m`);
    return engine.runFor(Number(amount) * (UNITS[unit] ?? 0));
  }
  const name = words.at(2);
  const isReady = () => {
    const workload = api.get(deployments, "default", name) ?? api.get(statefulSets, "default", name);
    if (workload === undefined) throw new Error(`There is no workload ${name}`);
    const { observedGeneration, readyReplicas = 0, updatedReplicas = 0, replicas = 0 } = workload.status;
    const { replicas: wanted } = workload.spec;
    return (
      observedGeneration === workload.metadata.generation &&
      readyReplicas === wanted &&
      updatedReplicas === wanted &&
      replicas === wanted
    );
  };
  const reached = engine.runWhile(() => !isReady(), engine.now() + LIMIT_MS);
  stage.print(reached ? `${name} is ready` : `${name} is still not ready after an hour`);
};
