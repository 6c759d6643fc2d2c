import { Argument, Command, InvalidArgumentError, Option } from "commander";
import type { Replaceable } from "../lab/options.ts";
import type { LabFlags } from "./lab-remote.ts";
import type { UpFlags } from "./lab-up.ts";

// As the lab's own endpoint names them; loading that here would load the HTTP server.
const WAYS_TO_FAIL = ["power-off", "partition", "kubelet-stop", "kubelet-hang", "disk-full", "flap"];

const REPLACEABLE: readonly Replaceable[] = ["controllers", "scheduler"];

/** `holdfast lab`: a cluster in this process, with a kubeconfig for kubectl and everybody else. */
export function labCommand(): Command {
  // Sub-verbs take this over when they are added.
  const lab = new Command("lab").description("a simulated cluster that kubectl can talk to").exitOverride();
  lab
    .command("up")
    .description("start a lab and keep it until Ctrl-C")
    .option("--nodes <n>", "how many nodes (3, or as many as in the snapshot)", wholeNumber(1, 5000))
    .option("--zones <n>", "how many zones (1, or as many as in the snapshot)", wholeNumber(1, 100))
    .option("--port <n>", "port on 127.0.0.1; 0 takes a free one", wholeNumber(0, 65535), 0)
    .option("--kubeconfig <file>", "where to write the kubeconfig; it appears when the lab answers")
    .option("--snapshot <file>", "start with what a snapshot holds")
    .option("--speed <x>", "how many of the lab's seconds pass in one of yours", positive, 1)
    .option("--audit-log <file>", "append every request to this file: audit.k8s.io/v1 Events, one a line")
    .addOption(
      new Option(
        "--without <parts>",
        "leave these to programs that you run: controllers, scheduler",
      ).argParser(parts),
    )
    .option(
      "--feature-gates <gate=bool>",
      "what the API server does beyond the stock: MutatingAdmissionPolicy",
      switches,
    )
    .option(
      "--runtime-config <version=bool>",
      "versions that it serves beyond the stock: admissionregistration.k8s.io/v1beta1",
      switches,
    )
    .option("-f, --filename <path...>", "apply these manifests: files, folders or -")
    .action(async (flags: UpFlags) => {
      const { labUp } = await import("./lab-up.ts");
      await labUp(flags);
    });
  withLabFlags(lab.command("fail"))
    .description("make a node of the running lab fail")
    .addArgument(new Argument("<node>", "the node's name"))
    .addOption(new Option("--how <way>", "the way it fails").choices(WAYS_TO_FAIL).default("power-off"))
    .action(async (node: string, flags: LabFlags & { readonly how: string }, command: Command) => {
      const { failNode } = await import("./lab-remote.ts");
      await failNode(node, flags, command);
    });
  withLabFlags(lab.command("heal"))
    .description("undo every failure of a node of the running lab")
    .addArgument(new Argument("<node>", "the node's name"))
    .action(async (node: string, flags: LabFlags, command: Command) => {
      const { healNode } = await import("./lab-remote.ts");
      await healNode(node, flags, command);
    });
  withLabFlags(lab.command("snapshot"))
    .description("save the running lab as one file, without secrets")
    .addArgument(new Argument("<file>", "where to; one of that name is replaced"))
    .action(async (file: string, flags: LabFlags) => {
      const { saveLab } = await import("./lab-remote.ts");
      await saveLab(file, flags);
    });
  return lab;
}

/** How a verb finds its lab; without these it is the one started last. */
function withLabFlags(command: Command): Command {
  return command
    .option("--kubeconfig <file>", "the lab that this kubeconfig leads to")
    .option("--lab <url|file>", "the lab at this address, or that this kubeconfig leads to");
}

function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`Expected a whole number from ${min} to ${max}.`);
  };
}

function parts(text: string): readonly Replaceable[] {
  return text.split(",").map((part) => {
    const found = REPLACEABLE.find((name) => name === part);
    if (found !== undefined) return found;
    throw new InvalidArgumentError(`Expected some of ${REPLACEABLE.join(", ")}, separated by commas.`);
  });
}

/** "a=true,b=false", as kube-apiserver's flags have it. */
function switches(text: string): Readonly<Record<string, boolean>> {
  return Object.fromEntries(
    text.split(",").map((part) => {
      const [name = "", value, ...rest] = part.split("=");
      if (name !== "" && rest.length === 0 && (value === "true" || value === "false"))
        return [name, value === "true"];
      throw new InvalidArgumentError("Expected NAME=true or NAME=false, several separated by commas.");
    }),
  );
}

function positive(text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0 && value <= 100_000) return value;
  throw new InvalidArgumentError("Expected a number above 0, at most 100000.");
}
