/** Starts a bed of its own, says its name and waits for ever: made to be killed. */
import { csi } from "./add-ons/csi/csi.ts";
import { withBed } from "./own-bed.ts";

await withBed({ nodes: 1, addOns: [csi] }, async ({ name }) => {
  console.log(name);
  await new Promise(() => setInterval(() => {}, 1_000));
});
