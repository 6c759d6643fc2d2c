/** Errors are those that a kube-apiserver 1.34.4 answered TokenReviews of such tokens with. */
import { beforeEach, describe, expect, test } from "vitest";
import { type TestApi, testApi } from "../../../../test/support/api.ts";
import { nodes, pods, secrets, serviceAccounts } from "../../../kube/kinds.ts";
import type { KubeObject, ServiceAccount } from "../../../kube/types/index.ts";
import type { AccountTokens, TokenWish } from "./account-tokens.ts";
import { readClaims } from "./jwt.ts";

const AUDIENCE = "https://kubernetes.default.svc";
const HOUR: TokenWish = { audiences: [AUDIENCE], expirationSeconds: 3_600 };

let lab: TestApi;
let tokens: AccountTokens;
let robot: ServiceAccount;

beforeEach(() => {
  lab = testApi();
  tokens = lab.server.tokens;
  robot = lab.api.create(serviceAccounts, { metadata: { namespace: "default", name: "robot" } });
});

const reference = ({ metadata }: KubeObject) => ({ name: metadata.name, uid: metadata.uid });
const errorsOf = (token: string, audiences?: string[]) => {
  const verdict = tokens.authenticate(token, audiences);
  return verdict.accepted ? [] : verdict.errors;
};

function boundPod() {
  lab.api.create(nodes, { metadata: { name: "node-1" } });
  return lab.api.create(pods, {
    metadata: { namespace: "default", name: "web" },
    spec: { nodeName: "node-1", serviceAccountName: "robot", containers: [{ name: "c", image: "i" }] },
  });
}

describe("a token for a while", () => {
  test("is its account's, in the groups of all accounts and of those in its namespace", () => {
    const token = tokens.issue(robot, HOUR);
    expect(tokens.authenticate(token)).toEqual({
      accepted: true,
      audiences: [AUDIENCE],
      user: {
        name: "system:serviceaccount:default:robot",
        uid: robot.metadata.uid,
        groups: ["system:serviceaccounts", "system:serviceaccounts:default", "system:authenticated"],
        extra: { "authentication.kubernetes.io/credential-id": [`JTI=${readClaims(token)?.jti}`] },
      },
    });
  });

  test("ends a minute after its time, which is how much clocks may differ", () => {
    const token = tokens.issue(robot, { ...HOUR, expirationSeconds: 600 });
    lab.engine.runFor(659_000);
    expect(errorsOf(token)).toEqual([]);
    lab.engine.runFor(2_000);
    expect(errorsOf(token)).toEqual(["service account token has expired"]);
  });

  test("is for its audiences only", () => {
    const token = tokens.issue(robot, { ...HOUR, audiences: ["foo", "bar"] });
    expect(errorsOf(token)).toEqual([
      `token audiences ["foo" "bar"] is invalid for the target audiences ["${AUDIENCE}"]`,
    ]);
    expect(tokens.authenticate(token, ["bar", "foo", "x"])).toMatchObject({ audiences: ["bar", "foo"] });
  });

  test("ends with its account, also when there is another of the name", () => {
    const token = tokens.issue(robot, HOUR);
    lab.api.delete(serviceAccounts, "default", "robot");
    expect(errorsOf(token)).toEqual(['serviceaccounts "robot" not found']);
    const next = lab.api.create(serviceAccounts, { metadata: { namespace: "default", name: "robot" } });
    expect(errorsOf(token)).toEqual([
      `service account UID (${next.metadata.uid}) does not match claim (${robot.metadata.uid})`,
    ]);
  });

  test("tells of the pod it is bound to, and ends with it", () => {
    const pod = boundPod();
    const token = tokens.issue(robot, { ...HOUR, bound: { pod: reference(pod) } });
    expect(tokens.authenticate(token)).toMatchObject({
      user: {
        extra: {
          "authentication.kubernetes.io/pod-name": ["web"],
          "authentication.kubernetes.io/pod-uid": [pod.metadata.uid],
        },
      },
    });
    lab.api.delete(pods, "default", "web", { gracePeriodSeconds: 0 });
    expect(errorsOf(token)).toEqual(["service account token has been invalidated"]);
  });

  test.each(["secret", "node"] as const)("bound to a %s that is gone is worth nothing", (kind) => {
    const token = tokens.issue(robot, { ...HOUR, bound: { [kind]: { name: "nope", uid: "x" } } });
    expect(errorsOf(token)).toEqual(["service account token has been invalidated"]);
  });

  test("bound to another object of the name is worth nothing", () => {
    const pod = boundPod();
    const token = tokens.issue(robot, { ...HOUR, bound: { pod: { name: "web", uid: "x" } } });
    expect(errorsOf(token)).toEqual([
      `pod UID (${pod.metadata.uid}) does not match service account pod ref claim (x)`,
    ]);
  });

  test("is stale, and good, after the hour that pods' tokens are meant for", () => {
    const token = tokens.issue(robot, { ...HOUR, expirationSeconds: 31_536_000, warnAfterSeconds: 3_607 });
    expect(tokens.authenticate(token)).not.toHaveProperty("annotations");
    lab.engine.runFor(3_610_000);
    expect(tokens.authenticate(token)).toMatchObject({
      accepted: true,
      annotations: {
        "authentication.k8s.io/stale-token": expect.stringContaining("after warning threshold: 3"),
      },
    });
  });
});

describe("a token that this server did not sign", () => {
  const swap = (token: string, part: number, text: string) =>
    token
      .split(".")
      .map((each, i) => (i === part ? text : each))
      .join(".");
  const json = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");

  test.each([
    { name: "no token at all", forge: () => "guessed", errors: [] },
    { name: "three parts of nothing", forge: () => "a.b.c", errors: [] },
    { name: "another issuer's", forge: (t: string) => swap(t, 1, json({ iss: "other" })), errors: [] },
    {
      name: "one with other claims",
      forge: (t: string) => swap(t, 1, json({ ...readClaims(t), exp: 9e9 })),
      errors: ["go-jose/go-jose: error in cryptographic primitive"],
    },
    {
      name: "one with a longer signature",
      forge: (t: string) => `${t}x`,
      errors: ["go-jose/go-jose: error in cryptographic primitive"],
    },
    {
      name: "one without a signature",
      forge: (t: string) => swap(swap(t, 0, json({ alg: "none" })), 2, ""),
      errors: ["go-jose/go-jose: error in cryptographic primitive"],
    },
    {
      name: "one by another key",
      forge: (t: string) => swap(t, 0, json({ alg: "ES256", kid: "other" })),
      errors: ["invalid signature, no keys found"],
    },
    {
      name: "another lab's",
      forge: () => testApi().server.tokens.issue(robot, HOUR),
      errors: ["invalid signature, no keys found"],
    },
  ])("$name is refused", ({ forge, errors }) => {
    expect(errorsOf(forge(tokens.issue(robot, HOUR)))).toEqual(errors);
  });
});

describe("a token in a Secret", () => {
  function legacy(labels = {}) {
    const secret = lab.api.create(secrets, {
      metadata: {
        namespace: "default",
        name: "old",
        labels,
        annotations: { "kubernetes.io/service-account.name": "robot" },
      },
      type: "kubernetes.io/service-account-token",
    });
    const token = tokens.legacyToken(robot, secret);
    lab.api.update(secrets, { ...secret, data: { token: Buffer.from(token).toString("base64") } });
    return token;
  }

  test("is its account's, and the day of its use is noted", () => {
    expect(tokens.authenticate(legacy())).toMatchObject({
      accepted: true,
      user: { name: "system:serviceaccount:default:robot", uid: robot.metadata.uid },
      annotations: { "authentication.k8s.io/legacy-token-manual-secret": "old" },
    });
    const { labels } = lab.api.get(secrets, "default", "old")?.metadata ?? {};
    expect(labels?.["kubernetes.io/legacy-token-last-used"]).toMatch(/^\d{4}-\d\d-\d\d$/);
  });

  test("ends with the Secret", () => {
    const token = legacy();
    lab.api.delete(secrets, "default", "old");
    expect(errorsOf(token)).toEqual(["Token has been invalidated"]);
  });

  test("is what the Secret holds now", () => {
    const token = legacy();
    lab.api.patch(secrets, "default", "old", "merge", { data: { token: "eA==" } });
    expect(errorsOf(token)).toEqual(["Token does not match server's copy"]);
  });

  test("ends when somebody marks it invalid", () => {
    const token = legacy({ "kubernetes.io/legacy-token-invalid-since": "2026-01-01" });
    expect(errorsOf(token)[0]).toContain(
      "the token in secret default/old for service account default/robot has been marked invalid.",
    );
  });
});
