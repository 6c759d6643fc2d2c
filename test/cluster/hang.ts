/** Starts a bed of its own, says its name and waits for ever: made to be killed. */
import { withBed } from "./own-bed.ts";

await withBed({ nodes: 1 }, async ({ name }) => {
  console.log(name);
  await new Promise(() => setInterval(() => {}, 1_000));
});
