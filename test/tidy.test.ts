/** House rules that a machine can keep: import direction, cycles, where time and chance may come from, sizes, words. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, test } from "vitest";

const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
  encoding: "utf8",
})
  .split("\n")
  .filter((path) => path !== "" && existsSync(path));
const sources = files.filter((path) => /^src\/.*\.ts$/.test(path));
const production = sources.filter((path) => !path.endsWith(".test.ts"));
const text = new Map(
  files.filter((path) => !/\.(png|gz)$/.test(path)).map((path) => [path, readFileSync(path, "utf8")]),
);

/** The folders of `src/` from the ground up: each may import only from those before it, and from itself. */
const LAYERS = [
  "base",
  "time",
  "kube",
  "client",
  "runtime",
  "view",
  "report",
  "scheduler",
  "lab",
  "prove",
  "harden",
  "drill",
  "keep",
  "build",
  "console",
  "cli",
];

interface Import {
  readonly from: string;
  readonly to: string;
  readonly line: number;
  readonly typeOnly: boolean;
}

function importsOf(path: string): Import[] {
  const imports: Import[] = [];
  const pattern =
    /(?:import|export)\s+(type\s+)?[^;"']*?from\s+"(\.[^"]+)"|import\s+"(\.[^"]+)"|import\("(\.[^"]+)"\)/g;
  const content = text.get(path) ?? "";
  for (const match of content.matchAll(pattern)) {
    const target = match[2] ?? match[3] ?? match[4] ?? "";
    const line = content.slice(0, match.index).split("\n").length;
    const typeOnly = match[1] !== undefined;
    imports.push({ from: path, to: normalize(join(dirname(path), target)), line, typeOnly });
  }
  return imports;
}

const graph = new Map(production.map((path) => [path, importsOf(path)]));
const folderOf = (path: string) => path.split("/")[1] ?? "";

describe("imports", () => {
  test("point up the list of folders", () => {
    const wrong = [...graph.values()].flat().filter(({ from, to }) => {
      const [here, there] = [folderOf(from), folderOf(to)];
      return from.split("/").length > 2 && LAYERS.indexOf(there) > LAYERS.indexOf(here);
    });
    expect(wrong.map(({ from, line, to }) => `${from}:${line} imports ${to}`)).toEqual([]);
  });

  test("name folders that the list knows", () => {
    const unknown = production.filter((path) => path !== "src/index.ts" && !LAYERS.includes(folderOf(path)));
    expect(unknown).toEqual([]);
  });

  test("make no cycle", () => {
    expect(findCycles()).toEqual([]);
  });

  test("stay inside the project", () => {
    const outside = [...graph.values()].flat().filter(({ to }) => !to.startsWith("src/"));
    expect(outside.map(({ from, line, to }) => `${from}:${line} imports ${to}`)).toEqual([]);
  });

  test("keep HTTP out of the lab and of the verbs that work offline", () => {
    const reached = reachable(["src/lab/lab.ts", "src/drill/story-worker.ts"]);
    const network = [...reached].filter(
      (path) =>
        path.includes("/http/") ||
        /from "(node:https?|node:http2|node:tls|@kubernetes\/client-node)"/.test(text.get(path) ?? ""),
    );
    expect(network).toEqual([]);
  });

  test("keep CEL out of a lab until the first rule or policy comes", () => {
    const reached = [...reachable(["src/lab/lab.ts", "src/lab/apiserver/http/serve-lab.ts"])];
    const evaluators = reached.filter(
      (path) =>
        /\/cel\/(checker|evaluate|parser|cel)\.ts$/.test(path) || /from "re2js"/.test(text.get(path) ?? ""),
    );
    expect(evaluators).toEqual([]);
  });
});

/** Everything that the files load at once, with themselves; what a verb loads later does not count. */
function reachable(roots: readonly string[]): Set<string> {
  const seen = new Set<string>();
  const visit = (path: string) => {
    if (seen.has(path)) return;
    seen.add(path);
    const content = text.get(path) ?? "";
    for (const { to, typeOnly } of graph.get(path) ?? []) {
      const dynamic = content.includes(`import("./${to.split("/").at(-1)}")`);
      if (!typeOnly && !dynamic) visit(to);
    }
  };
  for (const root of roots) visit(root);
  return seen;
}

function findCycles(): string[] {
  const state = new Map<string, "open" | "done">();
  const cycles: string[] = [];
  const visit = (path: string, trail: readonly string[]) => {
    if (state.get(path) === "done") return;
    if (state.get(path) === "open") {
      cycles.push([...trail.slice(trail.indexOf(path)), path].join(" → "));
      return;
    }
    state.set(path, "open");
    for (const { to } of graph.get(path) ?? []) visit(to, [...trail, path]);
    state.set(path, "done");
  };
  for (const path of graph.keys()) visit(path, []);
  return cycles;
}

describe("sources", () => {
  const isProse = (line: string) => /^\s*(\/?\*|\/\/)/.test(line);
  const offences = (pattern: RegExp, paths: readonly string[]) =>
    paths.flatMap((path) =>
      (text.get(path) ?? "")
        .split("\n")
        .flatMap((line, i) =>
          pattern.test(isProse(line) ? line.replaceAll("any", "") : line)
            ? [`${path}:${i + 1}: ${line.trim().slice(0, 90)}`]
            : [],
        ),
    );

  test("take time and chance from the engine only", () => {
    const allowed = (path: string) => path.startsWith("src/time/") || path.includes("/http/");
    const clocks =
      /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bsetTimeout\(|\bsetInterval\(|performance\.now\(/;
    expect(
      offences(
        clocks,
        production.filter((path) => !allowed(path)),
      ),
    ).toEqual([]);
  });

  test("carry no mark of unfinished or unchecked work", () => {
    const marks =
      /\b(TODO|FIXME|XXX|HACK)\b|@ts-ignore|@ts-expect-error|biome-ignore|eslint-disable|: any\b|as any\b|\b(test|it|describe)\.(only|skip)\(/;
    expect(offences(marks, sources)).toEqual([]);
  });

  test("stay short enough to hold one idea", () => {
    const long = production.filter((path) => (text.get(path) ?? "").split("\n").length > 450);
    expect(long).toEqual([]);
  });

  test("are named in lower case with hyphens", () => {
    const odd = sources.filter(
      (path) => !/^[a-z0-9-]+(\.(test|data))?\.ts$/.test(path.split("/").at(-1) ?? ""),
    );
    expect(odd).toEqual([]);
  });

  test("have a test beside them or in the folder above", () => {
    const tested = new Set(sources.filter((path) => path.endsWith(".test.ts")).map(dirname));
    // Types, and lists of what stands in the folders below.
    const withoutLogic = new Set(["src", "src/client", "src/cli", "src/lab/controllers"]);
    const isTested = (folder: string): boolean =>
      folder !== "src" && (tested.has(folder) || isTested(dirname(folder)));
    const folders = new Set(production.map(dirname));
    expect([...folders].filter((folder) => !withoutLogic.has(folder) && !isTested(folder)).sort()).toEqual(
      [],
    );
  });
});

describe("what is committed", () => {
  test("names no machine's path and no registry's host", () => {
    // Written in pieces, or this file would find itself.
    const words = new RegExp(
      [
        "/wor" + "k/",
        "/roo" + "t/",
        "regis" + "try\\.npmjs",
        "proxy\\.gol" + "ang",
        "pypi\\.o" + "rg",
        "\\.\\./sha" + "red/(manifests/|reference/|design\\.md|requirements|rig/|style\\.md)",
      ].join("|"),
    );
    const found = [...text].flatMap(([path, content]) => (words.test(content) ? [path] : []));
    expect(found).toEqual([]);
  });

  test("has a lock file without addresses", () => {
    expect(text.get("package-lock.json")).not.toContain('"resolved"');
  });
});
