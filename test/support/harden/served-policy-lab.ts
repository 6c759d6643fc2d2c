/** A shop that answers over HTTPS, with the definitions of policies, and the verbs for policies as users call them. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { applyCommand } from "../../../src/cli/apply.ts";
import { diffCommand } from "../../../src/cli/diff.ts";
import { planCommand } from "../../../src/cli/plan.ts";
import { rollbackCommand } from "../../../src/cli/rollback.ts";
import { statusCommand } from "../../../src/cli/status.ts";
import { verifyCommand } from "../../../src/cli/verify.ts";
import type { HttpClient } from "../../../src/client/http/http-client.ts";
import { servedLab } from "../lab-with.ts";
import { type Ended, runCommand } from "../prove-command.ts";
import { policyLab } from "./policy-lab.ts";

const VERBS = {
  plan: planCommand,
  diff: diffCommand,
  apply: applyCommand,
  verify: verifyCommand,
  status: statusCommand,
  rollback: rollbackCommand,
};

export type PolicyVerb = keyof typeof VERBS;

export interface ServedPolicyLab {
  readonly client: HttpClient;
  /** A file of that content, in a folder that goes with the lab. @returns its path */
  file(name: string, content: string): string;
  run(verb: PolicyVerb, ...words: readonly string[]): Promise<Ended>;
  close(): Promise<void>;
}

/** A minute of the lab's passes in a second. */
const SPEED = 60;

/** Runs a verb on the cluster of a kubeconfig. */
export function runVerb(verb: PolicyVerb, kubeconfig: string, words: readonly string[]): Promise<Ended> {
  return runCommand(VERBS[verb](), ...words, "--kubeconfig", kubeconfig);
}

export async function servedPolicyLab(manifests: string): Promise<ServedPolicyLab> {
  const definitions = ["highavailabilitypolicies", "namespacedhighavailabilitypolicies"].map((name) =>
    readFileSync(new URL(`../../../deploy/crds/${name}.holdfast.dev.yaml`, import.meta.url), "utf8"),
  );
  const { lab } = await policyLab([manifests, ...definitions].join("\n---\n"));
  lab.engine.runFor(5_000);
  const server = await servedLab(lab, { speed: SPEED });
  const folder = mkdtempSync(join(tmpdir(), "holdfast-policies-"));
  const file = (name: string, content: string) => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
  const kubeconfig = file("kubeconfig", server.kubeconfig);
  return {
    client: server.client,
    file,
    run: (verb, ...words) => runVerb(verb, kubeconfig, words),
    async close() {
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
