import { expect, test } from "vitest";
import { testApi } from "../../../test/support/api.ts";
import { configMaps } from "../../kube/kinds.ts";
import { StatusError } from "../../kube/status-error.ts";
import type { ListAnswer } from "./server.ts";

const CALLER = { user: { name: "somebody", groups: [] }, agent: "test" };

function started() {
  const { api, engine, server } = testApi();
  for (const name of ["a", "b", "c"]) api.create(configMaps, { metadata: { name, namespace: "default" } });
  const list = (next?: string): ListAnswer =>
    server.list(
      CALLER,
      { kind: configMaps, namespace: "default" },
      { limit: 1, ...(next && { continue: next }) },
    );
  const names = ({ items }: ListAnswer) => items.map(({ metadata }) => metadata.name);
  return { api, engine, list, names };
}

test("a list goes on as it was for as long as the past is kept", () => {
  const { api, engine, list, names } = started();
  const first = list();
  api.delete(configMaps, "default", "b");
  engine.runFor(300_000);
  expect(names(list(first.metadata.continue))).toEqual(["b"]);
});

// What a real server answered once etcd had compacted twice.
test("a list that took too long is refused, with a token to go on with what is there now", () => {
  const { api, engine, list, names } = started();
  const first = list();
  api.delete(configMaps, "default", "b");
  engine.runFor(601_000);
  let refusal: unknown;
  try {
    list(first.metadata.continue);
  } catch (error) {
    refusal = error;
  }
  if (!(refusal instanceof StatusError)) throw new Error("The list was not refused");
  expect(refusal).toMatchObject({ reason: "Expired", code: 410 });
  const { continue: token } = refusal.toStatus().metadata as { readonly continue: string };
  const rest = list(token);
  expect(names(rest)).toEqual(["c"]);
  expect(rest.metadata.resourceVersion).not.toBe(first.metadata.resourceVersion);
});
