/** A lab that something is wrong with, what the doctor says about it, and the commands it gives, played as kubectl would. */
import { expect } from "vitest";
import type { Client } from "../../../src/client/client.ts";
import { knownTraits } from "../../../src/drill/known-traits.ts";
import { nameText } from "../../../src/harden/checks/check.ts";
import { type DoctorScope, diagnose, logsWanted } from "../../../src/harden/doctor/diagnose.ts";
import type { Gathered } from "../../../src/harden/doctor/examined.ts";
import { logKey } from "../../../src/harden/doctor/log-wish.ts";
import type { Diagnosis } from "../../../src/harden/doctor/trouble.ts";
import type { Kind } from "../../../src/kube/kind.ts";
import { deployments, events, findKind, KINDS, nodes, pods } from "../../../src/kube/kinds.ts";
import { createLab, type Lab } from "../../../src/lab/lab.ts";
import { drive } from "../../../src/time/drive.ts";
import { viewOf } from "../../../src/view/cluster-view.ts";
import { inApplyOrder, parseManifests } from "../../../src/view/manifests.ts";

/** Kinds that come twice by two names. */
const LOOKED_AT = KINDS.filter(
  ({ kind, group, verbs }) => verbs.includes("list") && !(kind === "Event" && group !== ""),
);

export interface DoctorLab {
  readonly lab: Lab;
  readonly client: Client;
  apply(yaml: string): Promise<void>;
  passes(seconds: number): Promise<void>;
  examine(scope?: DoctorScope): Promise<Diagnosis[]>;
  /** Plays a diagnosis's command, and lets a minute pass. */
  play(command: string | undefined): Promise<void>;
  run<T>(work: Promise<T>): Promise<T>;
}

export async function doctorLab(options: Parameters<typeof createLab>[0]): Promise<DoctorLab> {
  const lab = createLab({ seed: 5, ...options });
  const client = lab.client("admin");
  const run = <T>(work: Promise<T>) => drive(lab.engine, work);
  await run(lab.ready());
  const passes = (seconds: number) => run(lab.engine.sleep(seconds * 1000));
  return {
    lab,
    client,
    run,
    passes,
    async apply(yaml) {
      const manifests = parseManifests(yaml, "test.yaml");
      for (const { object } of inApplyOrder(manifests)) {
        const kind = findKind(object.apiVersion ?? "", object.kind ?? "") as Kind;
        const namespace = kind.namespaced ? (object.metadata.namespace ?? "default") : undefined;
        const query = { fieldManager: "kubectl", force: true };
        await run(client.patch(kind, namespace, object.metadata.name ?? "", "apply", object, query));
      }
      await passes(60);
    },
    async examine(scope = {}) {
      const view = await run(viewOf(client, LOOKED_AT));
      const gathered: Gathered = {
        view,
        events: view.list(events),
        isLive: true,
        traitsOf: (workload) => knownTraits(options?.profile ?? {}, workload),
      };
      const logs = new Map(
        logsWanted(gathered).map((wish) => {
          const pod = view.get(pods, wish.namespace, wish.pod);
          const log = pod && lab.server.podLogs?.read(pod, wish.container, wish.previous);
          return [logKey(wish), log?.kind === "log" ? log.lines.map(({ text }) => text) : []] as const;
        }),
      );
      return [...diagnose({ ...gathered, logs }, scope).diagnoses];
    },
    async play(command) {
      await run(kubectl(client, command ?? ""));
      await passes(60);
    },
  };
}

/** "pod-pending Deployment default/web: why" */
export function linesOf(diagnoses: readonly Diagnosis[]): string[] {
  return diagnoses.map(({ trouble, object, cause }) => `${trouble} ${nameText(object)}: ${cause}`);
}

export function only(diagnoses: readonly Diagnosis[], trouble: string): Diagnosis {
  const found = diagnoses.filter((one) => one.trouble === trouble);
  expect(linesOf(found), linesOf(diagnoses).join("\n")).toHaveLength(1);
  return found[0] as Diagnosis;
}

/** The kubectl commands that the doctor gives; any other is an error. */
async function kubectl(client: Client, command: string): Promise<void> {
  const quoted = /^(.*?) -p '(.*)'$/.exec(command);
  const words = (quoted?.[1] ?? command).split(" ");
  const [program, verb = "", ...rest] = words;
  expect(program, command).toBe("kubectl");
  const at = rest.indexOf("-n");
  const namespace = at < 0 ? undefined : rest[at + 1];
  const named = rest.filter((word, i) => !word.startsWith("-") && (at < 0 || i !== at + 1));
  const [kindWord = "", name = named[1] ?? ""] = (named[0] ?? "").split("/");
  const flag = (wanted: string) =>
    rest.find((word) => word.startsWith(`${wanted}=`))?.slice(wanted.length + 1);
  switch (verb) {
    case "scale":
      await client.patch(kindOf(kindWord), namespace, name, "merge", {
        spec: { replicas: Number(flag("--replicas")) },
      });
      return;
    case "delete":
      await client.delete(
        kindOf(kindWord),
        namespace,
        name,
        rest.includes("--force") ? { gracePeriodSeconds: 0 } : {},
      );
      return;
    case "patch":
      await client.patch(
        kindOf(kindWord),
        namespace,
        name,
        (flag("--type") ?? "strategic") as "strategic" | "merge" | "json",
        JSON.parse(quoted?.[2] ?? ""),
      );
      return;
    case "rollout":
      expect(named.slice(0, 1), command).toEqual(["resume"]);
      await client.patch(deployments, namespace, named[1]?.split("/")[1] ?? "", "merge", {
        spec: { paused: null },
      });
      return;
    case "uncordon":
      await client.patch(nodes, undefined, kindWord, "merge", { spec: { unschedulable: null } });
      return;
    case "taint": {
      const [, node = "", taint = ""] = named;
      const { spec } = await client.get(nodes, undefined, node);
      const [key = "", effect = ""] = taint.replace(/-$/, "").split(":");
      const taints = taint.endsWith("-")
        ? (spec.taints ?? []).filter((one) => one.key !== key || one.effect !== effect)
        : [...(spec.taints ?? []), { key: key.split("=")[0], value: key.split("=")[1], effect }];
      await client.patch(nodes, undefined, node, "merge", { spec: { taints } });
      return;
    }
    case "label": {
      const [, node = "", label = ""] = named;
      const [key = "", value = ""] = label.split("=");
      await client.patch(nodes, undefined, node, "merge", { metadata: { labels: { [key]: value } } });
      return;
    }
    default:
      throw new Error(`Not a command that this test can play: ${command}`);
  }
}

function kindOf(word: string): Kind {
  const found = KINDS.find(({ plural, singular, shortNames }) =>
    [plural, singular, ...shortNames].includes(word),
  );
  if (found === undefined) throw new Error(`There is no kind ${word}`);
  return found;
}
