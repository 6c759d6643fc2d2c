/**
 * The Helm matrix: a release that helm 3 or helm 4 installed, a policy's fields taken, and an upgrade in every way that helm has.
 * `holdfast plan --against` says what will happen, the real helm does it, and both are compared. The cluster is whatever
 * a kubeconfig leads to: a lab, or a real API server.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { applyCommand } from "../../../src/cli/apply.ts";
import { planCommand } from "../../../src/cli/plan.ts";
import { createHttpClient, type HttpClient } from "../../../src/client/http/http-client.ts";
import { loadKubeconfig } from "../../../src/client/http/kubeconfig.ts";
import { ourFields } from "../../../src/harden/fields/field-owners.ts";
import { fieldText, placeOfKind, valueAt } from "../../../src/harden/fields/field-path.ts";
import { deployments } from "../../../src/kube/kinds.ts";
import type { Deployment } from "../../../src/kube/types/index.ts";
import { runCommand } from "../../support/prove-command.ts";
import { type Ended, type Place, run } from "./programs.ts";

const CHART = join(import.meta.dirname, "../helm/tiered");

export type Helm = "helm3" | "helm4";

export interface UpgradeCommand {
  readonly helm: 3 | 4;
  readonly flags: string;
}

/** As `holdfast plan --against` prints it. */
export interface Against {
  readonly release: { readonly lastMethod: string; readonly toldBy: string } | null;
  readonly commands: readonly (UpgradeCommand & { readonly way: string })[];
  readonly fields: readonly {
    readonly object: string;
    readonly field: string;
    readonly plan: unknown;
    readonly chart: unknown;
    readonly outcomes: Readonly<Record<string, string>>;
    readonly overwrittenWith: unknown;
  }[];
  readonly objects: readonly {
    readonly object: string;
    readonly what: string;
    readonly ways: readonly string[];
  }[];
}

/** What a command did to a field of the Deployment: "1" where it now has that value, and "conflict" where helm was refused. */
export interface Played {
  readonly code: number | null;
  readonly output: string;
  /** By field, of every field that the plan says anything of, and every one that was ours. */
  readonly values: Readonly<Record<string, unknown>>;
  readonly conflicts: readonly string[];
}

export class HelmMatrix {
  readonly client: HttpClient;
  readonly #place: Place;
  readonly #paths: Readonly<Record<Helm, string>>;

  constructor(place: Place, paths: Readonly<Record<Helm, string>>) {
    this.#place = place;
    this.#paths = paths;
    this.client = createHttpClient(loadKubeconfig({ path: place.kubeconfig }));
  }

  close(): void {
    this.client.close();
  }

  helm(helm: Helm, namespace: string, ...words: readonly string[]): Promise<Ended> {
    return run(this.#place, this.#paths[helm], [...words, "-n", namespace]);
  }

  async install(helm: Helm, namespace: string, ...words: readonly string[]): Promise<void> {
    const { code, output } = await this.helm(
      helm,
      namespace,
      "install",
      "web",
      CHART,
      "--create-namespace",
      ...words,
    );
    if (code !== 0) throw new Error(output);
  }

  upgrade(command: UpgradeCommand, namespace: string, ...words: readonly string[]): Promise<Ended> {
    const flags = command.flags === "" ? [] : command.flags.split(" ");
    return this.helm(`helm${command.helm}`, namespace, "upgrade", "web", CHART, ...flags, ...words);
  }

  /** What the upgrade would do, told before or after the plan is applied. */
  async against(namespace: string, ...values: readonly string[]): Promise<Against> {
    const rendered = await this.helm("helm4", namespace, "template", "web", CHART, ...values);
    const file = join(this.#place.folder, `${namespace}.rendered.yaml`);
    writeFileSync(file, rendered.output);
    const words = [...this.#source(namespace), "--against", file, "-o", "json"];
    const { code, stdout, stderr } = await runCommand(planCommand(), ...words);
    if (code !== 0) throw new Error(stderr);
    return (JSON.parse(stdout) as { against: Against }).against;
  }

  /** `holdfast apply` of a policy for the namespace. */
  async apply(namespace: string): Promise<void> {
    const { code, stdout, stderr } = await runCommand(applyCommand(), ...this.#source(namespace), "--yes");
    if (code !== 0) throw new Error(`${stdout}${stderr}`);
  }

  #source(namespace: string): string[] {
    const policy = join(this.#place.folder, `${namespace}.policy.yaml`);
    const metadata = { name: namespace };
    const spec = { targets: [{ namespace }] };
    const object = { apiVersion: "holdfast.dev/v1alpha1", kind: "HighAvailabilityPolicy", metadata, spec };
    writeFileSync(policy, JSON.stringify(object));
    return ["--kubeconfig", this.#place.kubeconfig, "--policy", policy, "-n", namespace];
  }

  web(namespace: string): Promise<Deployment> {
    return this.client.get(deployments, namespace, "web");
  }

  /** Upgrades, and looks at what became of the fields that were ours and of those that were foretold. */
  async play(
    command: UpgradeCommand,
    namespace: string,
    foretold: Against,
    ...values: readonly string[]
  ): Promise<Played> {
    const before = await this.web(namespace);
    const { code, output } = await this.upgrade(command, namespace, ...values);
    const after = await this.web(namespace);
    const place = placeOfKind(deployments);
    const ours = new Map(ourFields(before).map((path) => [fieldText(path), path]));
    const paths = new Map([...ours, ...foretold.fields.map(({ field }) => [field, pathOf(field)] as const)]);
    return {
      code,
      output,
      values: Object.fromEntries(
        [...paths].map(([field, path]) => [field, valueAt(after, path, place) ?? null]),
      ),
      conflicts: [...output.matchAll(/(?:conflict with "holdfast"[^:]*: |^- )\.(\S+)/gm)].map(
        ([, field = ""]) => field,
      ),
    };
  }

  /** What `play` has to see if everything comes as it was foretold. */
  async expected(
    command: UpgradeCommand,
    namespace: string,
    foretold: Against,
  ): Promise<Omit<Played, "output">> {
    const before = await this.web(namespace);
    const way = foretold.commands.find(({ helm, flags }) => helm === command.helm && flags === command.flags)
      ?.way as string;
    const values: Record<string, unknown> = {};
    for (const path of ourFields(before))
      values[fieldText(path)] = valueAt(before, path, placeOfKind(deployments)) ?? null;
    const conflicts: string[] = [];
    for (const { field, plan, outcomes, overwrittenWith } of foretold.fields) {
      const outcome = outcomes[way] ?? "kept";
      values[field] = outcome === "overwritten" ? overwrittenWith : plan;
      if (outcome === "conflict") conflicts.push(field);
    }
    // Of an upgrade that brings what is somebody else's, nothing is done at all.
    if (foretold.objects.some(({ what }) => what === "not-imported"))
      return { code: 1, values: { ...values, ...unchanged(foretold) }, conflicts: [] };
    const isRefused =
      way === "refused" || conflicts.length > 0 || foretold.objects.some(({ ways }) => ways.includes(way));
    return { code: isRefused ? 1 : 0, values, conflicts };
  }
}

function unchanged({ fields }: Against): Record<string, unknown> {
  return Object.fromEntries(fields.map(({ field, plan }) => [field, plan]));
}

/** The steps of a field that is written as `fieldText` writes it. */
function pathOf(field: string): string[] {
  return [...field.matchAll(/\[name="([^"]+)"\]|([^.[\]]+)/g)].map(([, name, step]) =>
    name === undefined ? `f:${step}` : `k:{"name":"${name}"}`,
  );
}
