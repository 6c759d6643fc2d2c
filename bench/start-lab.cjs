// The command that start.bench.mjs measures. Loading by require, as `node -e` does it, spares Node its asynchronous loader.
const { nodes } = require("../dist/kube/kinds.js");
const { createLab } = require("../dist/lab/lab.js");

const lab = createLab({ seed: 1, nodes: 3 });
const ready = () => {
  const all = lab.api.list(nodes);
  return (
    all.length === 3 &&
    all.every((node) => node.status.conditions.some((c) => c.type === "Ready" && c.status === "True"))
  );
};
if (!lab.engine.runWhile(() => !ready(), lab.engine.now() + 60_000)) process.exit(1);
