/**
 * A real Kubernetes cluster on this machine.
 *
 *   npm run cluster -- up [--nodes 3] [--control-planes 1|3] [--kwok N] [--csi] [--dns] [--monitoring]
 *   npm run cluster -- image NAME ROOTFS -- ENTRY…
 *   npm run cluster -- fail NODE --how power-off|partition|kubelet-stop|kubelet-hang
 *   npm run cluster -- heal NODE
 *   npm run cluster -- down
 *
 * All take --name NAME, so that several can be up beside one another; "bed" without it. docs/cluster.md has the rest.
 */
import { parseArgs } from "node:util";
import { ProgramMissing } from "../programs/build.ts";
import { csi } from "./add-ons/csi/csi.ts";
import { dns } from "./add-ons/dns.ts";
import { monitoring } from "./add-ons/monitoring.ts";
import { addImage, bringUp, failNode, healNode, type NodeFailure, takeDown } from "./bed.ts";
import { type Bed, BedError, findBed, kubeconfigFile } from "./state.ts";

/** In the order in which they are started: what is watched comes before what watches. */
const ADD_ONS = [
  ["csi", csi],
  ["dns", dns],
  ["monitoring", monitoring],
] as const;
const FAILURES: readonly string[] = ["power-off", "partition", "kubelet-stop", "kubelet-hang"];
const USAGE = "Usage: npm run cluster -- up|image|fail|heal|down (test/cluster/main.ts says more)";

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      name: { type: "string", default: "bed" },
      nodes: { type: "string", default: "3" },
      "control-planes": { type: "string", default: "1" },
      kwok: { type: "string", default: "0" },
      csi: { type: "boolean", default: false },
      dns: { type: "boolean", default: false },
      monitoring: { type: "boolean", default: false },
      how: { type: "string" },
    },
  });
  const [verb, ...rest] = positionals;
  const bed = () => known(values.name);
  switch (verb) {
    case "up": {
      const controlPlanes = count("--control-planes", values["control-planes"]);
      if (controlPlanes !== 1 && controlPlanes !== 3) throw new BedError("--control-planes is 1 or 3");
      const counts = { nodes: count("--nodes", values.nodes), kwok: count("--kwok", values.kwok) };
      const addOns = ADD_ONS.filter(([flag]) => values[flag]).map(([, addOn]) => addOn);
      console.log(kubeconfigFile(await bringUp({ name: values.name, controlPlanes, ...counts, addOns })));
      return;
    }
    case "image": {
      const [name, rootfs, ...entrypoint] = rest;
      if (name === undefined || rootfs === undefined || entrypoint.length === 0) throw new BedError(USAGE);
      return addImage(bed(), { name, rootfs, entrypoint });
    }
    case "fail": {
      const { how = "" } = values;
      if (!FAILURES.includes(how)) throw new BedError(`--how is one of ${FAILURES.join(", ")}`);
      return await failNode(bed(), rest[0] ?? "", how as NodeFailure);
    }
    case "heal":
      return await healNode(bed(), rest[0] ?? "");
    case "down":
      return await takeDown(bed());
    default:
      throw new BedError(USAGE);
  }
}

function known(name: string): Bed {
  const bed = findBed(name);
  if (bed === undefined) throw new BedError(`There is no bed ${name}: npm run cluster -- up --name ${name}`);
  return bed;
}

function count(flag: string, text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 0)
    throw new BedError(`${flag} is a number, not ${JSON.stringify(text)}`);
  return number;
}

try {
  await main();
} catch (error) {
  if (!(error instanceof BedError || error instanceof ProgramMissing)) throw error;
  console.error(error.message);
  process.exitCode = error instanceof ProgramMissing ? 3 : 2;
}
