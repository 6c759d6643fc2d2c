/** The lab that the requests go to, in a process of its own: over IPC it tells where it is, every bug, and its memory. */
import { serveLab } from "../../src/lab/apiserver/http/serve-lab.ts";
import { createLab } from "../../src/lab/lab.ts";

/** What the process tells. */
export type LabMessage =
  | { readonly kind: "ready"; readonly kubeconfig: string }
  | { readonly kind: "bug"; readonly stack: string }
  | { readonly kind: "memory"; readonly peakBytes: number };

const tell = (message: LabMessage) => process.send?.(message);
const server = await serveLab(createLab({ seed: 1 }), {
  onBug: (error) =>
    tell({ kind: "bug", stack: error instanceof Error ? String(error.stack) : String(error) }),
});
process.on("message", () => tell({ kind: "memory", peakBytes: process.resourceUsage().maxRSS * 1024 }));
process.on("disconnect", () => process.exit(0));
tell({ kind: "ready", kubeconfig: server.kubeconfig });
