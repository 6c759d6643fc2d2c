import { pods } from "../../../../src/kube/kinds.ts";
import type { Command } from "../scenario.ts";

/** delete WORKLOAD/NUMBER: one pod, as `kubectl delete pod` does */
export const remove: Command = (stage, words) => {
  const { api } = stage.lab;
  const pod = api
    .list(pods, { namespace: "default" })
    .find((candidate) => stage.nameOf(candidate) === words.at(0));
  if (pod === undefined) throw new Error(`There is no pod ${words.at(0)}`);
  api.delete(pods, "default", pod.metadata.name);
};
