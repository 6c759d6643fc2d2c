import type { Command } from "../scenario.ts";

/** cluster [nodes=3] [zones=1] [seed=1] [minor=34] */
export const cluster: Command = (stage, words) =>
  stage.start({
    nodes: words.number("nodes", 3),
    zones: words.number("zones", 1),
    seed: words.number("seed", 1),
    minor: words.number("minor", 34),
  });
