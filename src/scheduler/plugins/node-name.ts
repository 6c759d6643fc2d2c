import { type FilterPlugin, rejection } from "../plugin.ts";

const OTHER_NODE = rejection("NodeName", false, "node(s) didn't match the requested node name");

/** Lets a pod that names its node on that node only. Such pods rarely come to a scheduler: they count as bound. */
export const nodeName: FilterPlugin = {
  name: "NodeName",
  looksAt: "node",
  events: [{ resource: "Node", actions: ["Add"] }],
  preFilter({ pod }) {
    const wanted = pod.spec.nodeName;
    if (!wanted) return undefined;
    return { filter: ({ name }) => (name === wanted ? undefined : OTHER_NODE) };
  },
};
