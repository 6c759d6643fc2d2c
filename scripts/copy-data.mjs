// Copies what tsc leaves behind, the data files beside the sources, into dist/.
import { copyFileSync, mkdirSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";

for (const path of readdirSync("src", { recursive: true })) {
  if (!path.endsWith(".data.json")) continue;
  const target = join("dist", path);
  mkdirSync(dirname(target), { recursive: true });
  copyFileSync(join("src", path), target);
}
