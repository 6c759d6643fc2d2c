/** The informers of client-go and @kubernetes/client-node, in small programs of ours, over a wire that gets cut. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createHttpClient, type HttpClient } from "../../src/client/http/http-client.ts";
import { loadKubeconfig } from "../../src/client/http/kubeconfig.ts";
import { configMaps } from "../../src/kube/kinds.ts";
import { type LabProcess, startLabProcess } from "../support/lab-process.ts";
import { clientNodeProgram } from "./support/client-node.ts";
import { clientPrograms, eventually, type Running, run, start } from "./support/programs.ts";
import { layWire, type Wire } from "./support/wire.ts";

const { missing, paths } = await clientPrograms("go-informer");

/** More changes of one kind than the lab remembers. */
const FORGOTTEN = 1_100;

interface Library {
  readonly name: string;
  readonly command: () => readonly [string, ...string[]];
  /** How it tells of a deletion that it finds out by a list. */
  readonly missed: string;
}

const LIBRARIES: readonly Library[] = [
  { name: "client-go", command: () => [paths["go-informer"]], missed: "gone" },
  {
    name: "@kubernetes/client-node",
    command: () => [process.execPath, clientNodeProgram()],
    missed: "deleted",
  },
];

const linesOf = (program: Running) => program.output().trim().split("\n");
const says = (program: Running, line: string) =>
  eventually(
    () => `${JSON.stringify(line)} after ${JSON.stringify(linesOf(program).slice(-9))}`,
    () => (linesOf(program).includes(line) ? line : undefined),
  );

describe.skipIf(missing !== undefined).each(LIBRARIES)("an informer of $name", ({ command, missed }) => {
  let lab: LabProcess;
  let wire: Wire;
  let client: HttpClient;
  let informer: Running;
  const paint = (name: string, colour: string) =>
    client.patch(configMaps, "default", name, "merge", { data: { colour } });
  const add = (name: string, colour: string) =>
    client.create(configMaps, "default", { metadata: { name }, data: { colour } });
  const remove = (name: string) => client.delete(configMaps, "default", name);
  const lists = () => linesOf(informer).filter((line) => line.startsWith("listed"));

  beforeAll(async () => {
    lab = await startLabProcess();
    wire = await layWire(lab);
    client = createHttpClient(loadKubeconfig({ path: lab.kubeconfig }), { agent: "painter" });
  });
  afterAll(async () => {
    await informer?.stop();
    client?.close();
    await wire?.close();
    await lab?.close();
  });

  test("lists what there is", async () => {
    for (const name of ["a", "b", "c", "d"]) await add(name, "red");
    const [path, ...words] = command();
    informer = start(lab, path, [...words, "watch", "default"], { KUBECONFIG: wire.kubeconfig });
    await says(informer, "added d red");
    // The fifth is the authority's certificate.
    await says(informer, "synced 5");
    expect(lists()).toEqual(["listed 200"]);
  });

  test("watches what changes", async () => {
    await paint("a", "blue");
    await add("e", "red");
    await remove("b");
    for (const line of ["changed a red blue", "added e red", "deleted b"]) await says(informer, line);
  });

  test("takes up the thread where the wire was cut", async () => {
    wire.cut();
    await paint("a", "green");
    await remove("c");
    wire.mend();
    for (const line of ["changed a blue green", "deleted c"]) await says(informer, line);
    expect(lists()).toHaveLength(1);
  });

  test("lists again when the lab has forgotten where it was", async () => {
    wire.cut();
    await remove("d");
    for (let i = 0; i < FORGOTTEN; i++) await paint("e", `shade-${i}`);
    await paint("a", "black");
    wire.mend();
    const found = [`${missed} d`, "changed a green black", `changed e red shade-${FORGOTTEN - 1}`];
    for (const line of found) await says(informer, line);
    expect(lists()).toHaveLength(2);
    await paint("a", "white");
    await says(informer, "changed a black white");
  });
});

describe.skipIf(missing !== undefined)("leader election of client-go", () => {
  let lab: LabProcess;
  let wire: Wire;
  let second: Running;
  const candidates: Running[] = [];
  const stand = (kubeconfig: string, identity: string) => {
    const words = ["lead", "default", "crown", identity];
    const candidate = start(lab, paths["go-informer"], words, { KUBECONFIG: kubeconfig });
    candidates.push(candidate);
    return candidate;
  };

  beforeAll(async () => {
    lab = await startLabProcess();
    wire = await layWire(lab);
  });
  afterAll(async () => {
    for (const candidate of candidates) await candidate.stop();
    await wire?.close();
    await lab?.close();
  });

  test("has one leader", async () => {
    const first = stand(lab.kubeconfig, "first");
    await says(first, "leads first");
    second = stand(wire.kubeconfig, "second");
    await says(second, "follows first");
    expect(linesOf(second)).not.toContain("leads second");
    await first.stop();
    expect(linesOf(first)).toContain("leads no more first");
  });

  test("passes to the next when the leader steps down", async () => {
    await says(second, "leads second");
  });

  test("passes on when the leader can renew no more, after that one has noticed", async () => {
    const third = stand(lab.kubeconfig, "third");
    await says(third, "follows second");
    wire.cut();
    await says(third, "leads third");
    expect(linesOf(second)).toContain("leads no more second");
  });
});

test("the clients of @kubernetes/client-node do a day's work", async () => {
  const lab = await startLabProcess();
  try {
    const { code, output } = await run(lab, process.execPath, [clientNodeProgram(), "work", "default"]);
    expect(output.trim().split("\n")).toEqual([
      "made 1 RollingUpdate true",
      "ready",
      "scaled 2",
      "patched apply json merge strategic",
      "page 1 true",
      'gone 404 deployments.apps "web" not found',
    ]);
    expect(code).toBe(0);
  } finally {
    await lab.close();
  }
});
