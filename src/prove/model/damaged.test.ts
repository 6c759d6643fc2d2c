import fc from "fast-check";
import { test } from "vitest";
import { damagedObject } from "../../../test/support/damaged-objects.ts";
import { assertProperty } from "../../../test/support/fuzz.ts";
import { node } from "../../../test/support/nodes.ts";
import { pod } from "../../../test/support/pods.ts";
import type { KubeObject } from "../../kube/types/index.ts";
import { LiteralAnswer } from "../literal/literal-answer.ts";
import { ModelBuilder } from "./builder.ts";

const owner = { apiVersion: "apps/v1", kind: "ReplicaSet", metadata: { name: "s", uid: "u" } } as KubeObject;
const SOUND = [node("a"), node("b"), pod("p").ownedBy(owner).on("a").running()];

/** What whoever reads objects makes sure of before a builder gets them. */
function isNamed(value: unknown): value is KubeObject {
  const object = value as Partial<KubeObject> | null;
  return [object?.apiVersion, object?.kind, object?.metadata?.name].every((text) => typeof text === "string");
}

test("objects that nobody should send take part as far as they can, and nothing fails on them", () => {
  assertProperty(
    fc.property(fc.array(damagedObject(), { minLength: 1, maxLength: 3 }), (objects) => {
      const builder = new ModelBuilder();
      for (const one of SOUND) builder.add(one);
      for (const { damaged } of objects) {
        const object: unknown = JSON.parse(JSON.stringify(damaged));
        if (isNamed(object)) builder.add(object);
      }
      const model = builder.build();
      const answer = new LiteralAnswer(model, { seed: 1 });
      for (const lost of model.nodes.keys()) answer.outcomeOf([lost]);
    }),
  );
});
