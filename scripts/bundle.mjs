// Makes dist/cli/main.js one file, with one more for each part that only some verbs load: Node takes half a millisecond for every file
// that it has to find, and a verb consists of hundreds. What is read beside a source is still read there.
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { build } from "esbuild";

const PROGRAM = resolve("dist/cli");
const PART = "part-";

/** A source that has moved into a part asks for files beside itself by the path from there. */
const staysInPlace = {
  name: "stays-in-place",
  setup({ onLoad }) {
    onLoad({ filter: /[/\\]dist[/\\].*\.js$/ }, ({ path }) => {
      const place = relative(PROGRAM, path).replaceAll("\\", "/");
      const contents = readFileSync(path, "utf8").replaceAll(
        "import.meta.url",
        `new URL(${JSON.stringify(place)}, import.meta.url).href`,
      );
      return { contents, resolveDir: dirname(path) };
    });
  },
};

for (const name of readdirSync(PROGRAM)) if (name.startsWith(PART)) rmSync(join(PROGRAM, name));
await build({
  entryPoints: [join(PROGRAM, "main.js")],
  outdir: PROGRAM,
  allowOverwrite: true,
  bundle: true,
  splitting: true,
  chunkNames: `${PART}[name]-[hash]`,
  format: "esm",
  platform: "node",
  target: "node20.19",
  packages: "external",
  plugins: [staysInPlace],
  logLevel: "warning",
});
