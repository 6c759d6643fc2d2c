// Reads a snapshot from standard input into a model, and prints what that took.
import { readSnapshot } from "../dist/prove/reading/read-cluster.js";

const { model } = await readSnapshot("-");
const { user, system } = process.cpuUsage();
console.log(
  JSON.stringify({
    pods: model.podCount,
    classes: model.classes.length,
    cpuSeconds: (user + system) / 1e6,
    maxRssBytes: process.resourceUsage().maxRSS * 1024,
  }),
);
