import { describe, expect, test } from "vitest";
import { testApi } from "../../../../test/support/api.ts";
import { podTemplate, statefulSetDraft } from "../../../../test/support/workloads.ts";
import { controllerRevisions, statefulSets } from "../../../kube/kinds.ts";
import {
  createRevision,
  hashOfRevision,
  isRevisionOf,
  REVISION_HASH_LABEL,
  renumber,
  sortRevisions,
  templateOf,
} from "./revisions.ts";

function setUp(hash?: (collisionCount: number | undefined) => string) {
  const { api } = testApi();
  const owner = api.create(statefulSets, statefulSetDraft("db"));
  const { template } = owner.spec;
  const create = (revision: number, image?: string, collisionCount?: number) => {
    const changed = image === undefined ? template : podTemplate("db", image);
    const draft = {
      owner: { ...owner, spec: { ...owner.spec, template: changed } },
      revision,
      hash: hash ?? ((count?: number) => hashOfRevision(changed, count)),
      hashLabel: REVISION_HASH_LABEL,
    };
    return createRevision(api, draft, collisionCount);
  };
  return { api, template, create };
}

describe("a revision", () => {
  test("gives the template back that it was made of", () => {
    const { template, create } = setUp();
    const revision = create(1);
    expect(revision && templateOf(revision)).toEqual(template);
    expect(revision && isRevisionOf(revision, template)).toBe(true);
    expect(revision && isRevisionOf(revision, podTemplate("db", "registry.example/app:2"))).toBe(false);
  });

  test("is named after its owner and content, and carries the hash as a label", () => {
    const { template, create } = setUp();
    const hash = hashOfRevision(template, undefined);
    expect(create(1)?.metadata).toMatchObject({
      name: `db-${hash}`,
      labels: { app: "db", [REVISION_HASH_LABEL]: hash },
      ownerReferences: [{ kind: "StatefulSet", name: "db", controller: true }],
    });
  });

  test("that is there already is not stored twice", () => {
    const { api, create } = setUp();
    expect(create(1)).toEqual(create(2));
    expect(api.list(controllerRevisions)).toHaveLength(1);
  });

  test("of another template under the same name is a collision", () => {
    const { create } = setUp((count) => `same${count ?? ""}`);
    expect(create(1)?.metadata.name).toBe("db-same");
    expect(create(2, "registry.example/app:2")).toBeUndefined();
    expect(create(2, "registry.example/app:2", 1)?.metadata.name).toBe("db-same1");
  });

  test("gets a new number only when it is another one", () => {
    const { api, create } = setUp();
    const revision = create(1);
    if (revision === undefined) throw new Error("There is no revision");
    expect(renumber(api, revision, 1)).toBe(revision);
    expect(renumber(api, revision, 5).revision).toBe(5);
  });
});

test("revisions are in order of their numbers", () => {
  const { create } = setUp();
  const revisions = [3, 1, 2].flatMap((number) => create(number, `registry.example/app:${number}`) ?? []);
  expect(sortRevisions(revisions).map(({ revision }) => revision)).toEqual([1, 2, 3]);
});
