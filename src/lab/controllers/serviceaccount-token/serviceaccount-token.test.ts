import { describe, expect, test } from "vitest";
import { testLab } from "../../../../test/support/lab-context.ts";
import { secrets, serviceAccounts } from "../../../kube/kinds.ts";
import type { Secret } from "../../../kube/types/index.ts";
import { serviceAccountToken } from "./serviceaccount-token.ts";

function start() {
  const lab = testLab();
  const { api, engine, server } = lab;
  api.create(serviceAccounts, { metadata: { name: "robot", namespace: "default" } });
  serviceAccountToken({
    rootCertificates: "PEM",
    legacyToken: (account, secret) => server.tokens.legacyToken(account, secret),
  })(lab.context).start();
  return {
    ...lab,
    find: () => api.get(secrets, "default", "robot-token"),
    add(account = "robot") {
      const annotations = { "kubernetes.io/service-account.name": account };
      api.create(secrets, {
        metadata: { name: "robot-token", namespace: "default", annotations },
        type: "kubernetes.io/service-account-token",
      });
      engine.runFor(100);
    },
  };
}

const decode = (text = "") => Buffer.from(text, "base64").toString();
const claimsOf = (token?: string) => JSON.parse(decode(decode(token).split(".")[1]));

describe("a token Secret", () => {
  test("is filled with certificates, namespace and a token that names its account", () => {
    const { add, api, find } = start();
    add();
    const { data, metadata } = find() as Secret;
    const account = api.get(serviceAccounts, "default", "robot");
    expect(decode(data?.["ca.crt"])).toBe("PEM");
    expect(decode(data?.namespace)).toBe("default");
    expect(metadata.annotations?.["kubernetes.io/service-account.uid"]).toBe(account?.metadata.uid);
    expect(claimsOf(data?.token)).toEqual({
      iss: "kubernetes/serviceaccount",
      "kubernetes.io/serviceaccount/namespace": "default",
      "kubernetes.io/serviceaccount/secret.name": "robot-token",
      "kubernetes.io/serviceaccount/service-account.name": "robot",
      "kubernetes.io/serviceaccount/service-account.uid": account?.metadata.uid,
      sub: "system:serviceaccount:default:robot",
    });
  });

  test("gets back what somebody takes out of it, and keeps the rest", () => {
    const { add, api, engine, find } = start();
    add();
    const before = find() as Secret;
    const { token: _token, ...data } = before.data ?? {};
    api.update(secrets, { ...before, data: { ...data, own: "eA==" } });
    engine.runFor(100);
    const after = find()?.data ?? {};
    expect(after).toEqual({ ...before.data, own: "eA==", token: after.token });
    expect(claimsOf(after.token)).toEqual(claimsOf(before.data?.token));
  });

  test("goes with its account", () => {
    const { add, api, engine, find } = start();
    add();
    api.delete(serviceAccounts, "default", "robot");
    engine.runFor(100);
    expect(find()).toBeUndefined();
  });

  test("without an account is deleted", () => {
    const { add, find } = start();
    add("nobody");
    expect(find()).toBeUndefined();
  });

  test("that is gone leaves the list of its account", () => {
    const { add, api, engine } = start();
    add();
    const account = api.get(serviceAccounts, "default", "robot");
    if (account !== undefined)
      api.update(serviceAccounts, { ...account, secrets: [{ name: "robot-token" }, { name: "other" }] });
    api.delete(secrets, "default", "robot-token");
    engine.runFor(100);
    expect(api.get(serviceAccounts, "default", "robot")?.secrets).toEqual([{ name: "other" }]);
  });
});

test("other Secrets are left alone", () => {
  const { api, engine } = start();
  api.create(secrets, { metadata: { name: "plain", namespace: "default" }, type: "Opaque" });
  const tasks = engine.tasksRun;
  engine.runFor(1_000);
  expect(engine.tasksRun).toBe(tasks);
});
