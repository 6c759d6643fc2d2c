import { expect } from "vitest";
import {
  configMaps,
  deployments,
  horizontalPodAutoscalers,
  pods,
  serviceAccounts,
  services,
} from "../../../src/kube/kinds.ts";
import type { ConfigMap } from "../../../src/kube/types/index.ts";
import { configMap, deployment, pod, refusal } from "../bodies.ts";
import { type HookStage, patchWith } from "./stage.ts";
import type { Received } from "./webhook-server.ts";

export interface HookCase {
  readonly name: string;
  readonly run: (stage: HookStage) => Promise<void>;
}

const V1 = { group: "", version: "v1" };

export const admissionCases: readonly HookCase[] = [
  {
    name: "both sorts are asked about a creation, the mutating ones before the object has a uid",
    async run(stage) {
      const { client, namespace, name } = stage;
      await stage.install("Mutating", [{ name: "m.test.io" }]);
      await stage.install("Validating", [{ name: "v.test.io" }]);
      const made = await client.create(configMaps, namespace, configMap(name, { a: "1" }), {
        fieldManager: "me",
      });
      const request = {
        kind: { ...V1, kind: "ConfigMap" },
        resource: { ...V1, resource: "configmaps" },
        requestKind: { ...V1, kind: "ConfigMap" },
        requestResource: { ...V1, resource: "configmaps" },
        name,
        namespace,
        operation: "CREATE",
        oldObject: null,
        dryRun: false,
        options: { kind: "CreateOptions", apiVersion: "meta.k8s.io/v1", fieldManager: "me" },
      };
      expect(stage.asked("m.test.io")).toMatchObject(request);
      const { uid, creationTimestamp, resourceVersion: _, ...metadata } = made.metadata;
      expect(stage.asked("m.test.io").object).toEqual({ ...made, metadata });
      expect(stage.asked("v.test.io")).toMatchObject(request);
      expect(stage.asked("v.test.io").object).toEqual({
        ...made,
        metadata: { ...metadata, uid, creationTimestamp },
      });
      expect(stage.calls()).toEqual([`m CREATE ${name}`, `v CREATE ${name}`]);
    },
  },
  {
    name: "a call is a POST by kube-apiserver-admission that says how long it may take",
    async run(stage) {
      const { client, namespace, name, server } = stage;
      await stage.install("Validating", [{ name: "v.test.io", timeoutSeconds: 7 }]);
      await client.create(configMaps, namespace, configMap(name));
      const [received] = server.received;
      const { url, headers, document } = received as Received;
      expect(url).toBe("/v.test.io?timeout=7s");
      expect(headers).toMatchObject({
        "user-agent": "kube-apiserver-admission",
        "content-type": "application/json",
        accept: "application/json, */*",
      });
      expect(document).toMatchObject({ kind: "AdmissionReview", apiVersion: "admission.k8s.io/v1" });
      expect((document.request as { uid?: string }).uid).toMatch(/^[0-9a-f-]{36}$/);
    },
  },
  {
    name: "a name to be generated is there when validating webhooks are asked",
    async run(stage) {
      const { client, namespace, name } = stage;
      await stage.install("Mutating", [{ name: "m.test.io" }]);
      await stage.install("Validating", [{ name: "v.test.io" }]);
      const made = await client.create(configMaps, namespace, { metadata: { generateName: `${name}-` } });
      expect(stage.calls()).toEqual(["m CREATE", `v CREATE ${made.metadata.name}`]);
    },
  },
  {
    name: "a replacement shows the old object and the new one",
    async run(stage) {
      const { client, namespace, name } = stage;
      const old = await client.create(configMaps, namespace, configMap(name, { a: "1" }));
      await stage.install("Mutating", [{ name: "m.test.io" }]);
      await stage.install("Validating", [{ name: "v.test.io" }]);
      await client.update(configMaps, namespace, name, configMap(name, { a: "2" }));
      expect(stage.asked("m.test.io")).toMatchObject({
        operation: "UPDATE",
        object: { data: { a: "2" } },
        oldObject: old,
        options: { kind: "UpdateOptions", apiVersion: "meta.k8s.io/v1" },
      });
      expect((stage.asked("m.test.io").object as ConfigMap).metadata.uid).toBeUndefined();
      expect((stage.asked("v.test.io").object as ConfigMap).metadata).toMatchObject({
        uid: old.metadata.uid,
        resourceVersion: old.metadata.resourceVersion,
      });
      expect(stage.calls()).toEqual([`m UPDATE ${name}`, `v UPDATE ${name}`]);
    },
  },
  {
    name: "webhooks are asked before it is known that a name is taken",
    async run(stage) {
      const { client, namespace, name } = stage;
      await client.create(configMaps, namespace, configMap(name));
      await stage.install("Mutating", [{ name: "m.test.io" }]);
      await stage.install("Validating", [{ name: "v.test.io" }]);
      expect(await refusal(client.create(configMaps, namespace, configMap(name)))).toMatchObject({
        code: 409,
      });
      expect(stage.calls()).toEqual([`m CREATE ${name}`, `v CREATE ${name}`]);
    },
  },
  {
    name: "a replacement of an older version asks the mutating ones only",
    async run(stage) {
      const { client, namespace, name } = stage;
      await client.create(configMaps, namespace, configMap(name));
      await stage.install("Mutating", [{ name: "m.test.io" }]);
      await stage.install("Validating", [{ name: "v.test.io" }]);
      const body = configMap(name, {}, { resourceVersion: "1" });
      expect(await refusal(client.update(configMaps, namespace, name, body))).toMatchObject({
        reason: "Conflict",
      });
      const absent = client.update(configMaps, namespace, "absent", configMap("absent"));
      expect(await refusal(absent)).toMatchObject({ reason: "NotFound" });
      expect(stage.calls()).toEqual([`m UPDATE ${name}`]);
    },
  },
  {
    name: "patches are updates, and an apply of what is not there is a creation",
    async run(stage) {
      const { client, namespace, name } = stage;
      await client.create(configMaps, namespace, configMap(name));
      await stage.install("Validating", [{ name: "v.test.io" }]);
      await client.patch(configMaps, namespace, name, "merge", { data: { b: "1" } }, { dryRun: true });
      expect(stage.asked("v.test.io")).toMatchObject({
        operation: "UPDATE",
        dryRun: true,
        options: { kind: "UpdateOptions", dryRun: ["All"] },
      });
      const applied = {
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { name: `${name}-a` },
        data: { c: "1" },
      };
      await client.patch(configMaps, namespace, `${name}-a`, "apply", applied, { fieldManager: "me" });
      expect(stage.asked("v.test.io")).toMatchObject({
        options: { kind: "CreateOptions", fieldManager: "me" },
      });
      expect(stage.calls()).toEqual([`v UPDATE ${name}`, `v CREATE ${name}-a`]);
    },
  },
  {
    name: "a deletion asks both sorts about the old object, one of a collection without a name",
    async run(stage) {
      const { client, namespace, name } = stage;
      const labels = { case: name };
      for (const each of ["a", "b", "c"]) {
        await client.create(configMaps, namespace, configMap(`${name}-${each}`, {}, { labels }));
      }
      await stage.install("Mutating", [{ name: "m.test.io" }]);
      await stage.install("Validating", [{ name: "v.test.io" }]);
      await client.delete(configMaps, namespace, `${name}-a`, { propagationPolicy: "Background" });
      expect(stage.asked("m.test.io")).toMatchObject({
        operation: "DELETE",
        object: null,
        oldObject: { metadata: { name: `${name}-a` } },
        options: { kind: "DeleteOptions", apiVersion: "meta.k8s.io/v1", propagationPolicy: "Background" },
      });
      expect(stage.calls()).toEqual([`m DELETE ${name}-a`, `v DELETE ${name}-a`]);
      await client.deleteCollection(configMaps, { namespace, labelSelector: `case=${name}` });
      expect(stage.calls()).toEqual(["m DELETE", "v DELETE", "m DELETE", "v DELETE"]);
      const left = await client.list(configMaps, { namespace, labelSelector: `case=${name}` });
      expect(left.items).toEqual([]);
    },
  },
  {
    name: "a deletion that a webhook denies does not happen",
    async run(stage) {
      const { client, namespace, name } = stage;
      await client.create(configMaps, namespace, configMap(name));
      await stage.install("Validating", [{ name: "v.test.io" }]);
      stage.respond("v.test.io", () => ({ allowed: false, status: { message: "it stays" } }));
      expect(await refusal(client.delete(configMaps, namespace, name))).toMatchObject({
        message: 'admission webhook "v.test.io" denied the request: it stays',
      });
      expect(await client.get(configMaps, namespace, name)).toBeDefined();
    },
  },
  ...[
    { status: undefined, code: 400, says: " without explanation" },
    { status: { message: "no way" }, code: 400, says: ": no way" },
    { status: { reason: "Conflict" }, code: 400, says: ": Conflict" },
    { status: { code: 200, status: "Success", message: "x" }, code: 400, says: ": x" },
    { status: { code: 418, message: "x" }, code: 418, says: ": x" },
    {
      status: {
        code: 404,
        message: "x",
        reason: "NotFound",
        details: { name: "zz", kind: "q", causes: [{ reason: "r", message: "m", field: "f" }] },
      },
      code: 404,
      says: ": x",
    },
  ].map(({ status, code, says }) => ({
    name: `a denial with status ${JSON.stringify(status)} is passed on`,
    async run(stage: HookStage) {
      const { client, namespace, name } = stage;
      await stage.install("Validating", [{ name: "v.test.io" }]);
      stage.respond("v.test.io", () => ({ allowed: false, ...(status === undefined ? {} : { status }) }));
      const error = await refusal(client.create(configMaps, namespace, configMap(name)));
      expect(error.message).toBe(`admission webhook "v.test.io" denied the request${says}`);
      expect(error.code).toBe(code);
      expect(error.details).toEqual(status && "details" in status ? status.details : {});
    },
  })),
  {
    name: "what a mutating webhook changes is stored, and nobody owns it",
    async run(stage) {
      const { client, namespace, name } = stage;
      await stage.install("Mutating", [{ name: "m.test.io" }]);
      stage.respond("m.test.io", () =>
        patchWith(
          { op: "add", path: "/data/z", value: "1" },
          { op: "add", path: "/metadata/labels", value: { l: "1" } },
          { op: "add", path: "/nonsense", value: 1 },
        ),
      );
      const made = await client.create(configMaps, namespace, configMap(name, { a: "1" }));
      expect(made).toMatchObject({ data: { a: "1", z: "1" }, metadata: { labels: { l: "1" } } });
      expect(made).not.toHaveProperty("nonsense");
      expect(made.metadata.managedFields?.map(({ fieldsV1 }) => fieldsV1)).toEqual([
        { "f:data": { ".": {}, "f:a": {} } },
      ]);
      expect(await client.get(configMaps, namespace, name)).toEqual(made);
    },
  },
  {
    name: "a webhook may choose the name of what is created, but not its namespace",
    async run(stage) {
      const { client, namespace, name } = stage;
      await stage.install("Mutating", [{ name: "m.test.io" }]);
      stage.respond("m.test.io", () =>
        patchWith({ op: "add", path: "/metadata/name", value: `${name}-other` }),
      );
      const made = await client.create(configMaps, namespace, configMap(name));
      expect(made.metadata.name).toBe(`${name}-other`);
      stage.respond("m.test.io", () => patchWith({ op: "add", path: "/metadata/namespace", value: "other" }));
      expect(await refusal(client.create(configMaps, namespace, configMap(name)))).toMatchObject({
        reason: "BadRequest",
        message: "the namespace of the provided object does not match the namespace sent on the request",
      });
    },
  },
  ...[
    {
      what: "a type that the field has not",
      operation: { op: "add", path: "/data", value: 5 },
      message: "json: cannot unmarshal number into Go struct field ConfigMap.data of type map[string]string",
    },
    {
      what: "a test that does not hold",
      operation: { op: "test", path: "/data", value: 1 },
      message: "testing value /data failed: test failed",
    },
    {
      what: "a path that is not there",
      operation: { op: "remove", path: "/spec/x" },
      message: 'remove operation does not apply: doc is missing path: "/spec/x": missing value',
    },
    {
      what: "a field that is not there",
      operation: { op: "remove", path: "/metadata/annotations" },
      message:
        "error in remove for path: '/metadata/annotations': Unable to remove nonexistent key: annotations: missing value",
    },
  ].map(({ what, operation, message }) => ({
    name: `a patch with ${what} is an internal error`,
    async run(stage: HookStage) {
      const { client, namespace, name } = stage;
      await stage.install("Mutating", [{ name: "m.test.io", failurePolicy: "Ignore" }]);
      stage.respond("m.test.io", () => patchWith(operation));
      expect(await refusal(client.create(configMaps, namespace, configMap(name)))).toMatchObject({
        code: 500,
        reason: "InternalError",
        message: `Internal error occurred: ${message}`,
      });
    },
  })),
  {
    name: "a patch that turns the object into another kind is refused",
    async run(stage) {
      const { client, namespace, name } = stage;
      await stage.install("Mutating", [{ name: "m.test.io" }]);
      stage.respond("m.test.io", () => patchWith({ op: "add", path: "/kind", value: "Secret" }));
      expect(await refusal(client.create(configMaps, namespace, configMap(name)))).toMatchObject({
        code: 500,
        message: "converting (v1.Secret) to (core.ConfigMap): unknown conversion",
      });
    },
  },
  {
    name: "what a webhook makes of an object is validated like what a client sends",
    async run(stage) {
      const { client, namespace, name } = stage;
      await stage.install("Mutating", [{ name: "m.test.io" }]);
      stage.respond("m.test.io", () =>
        patchWith({ op: "add", path: "/metadata/labels", value: { "a b": "c" } }),
      );
      expect(await refusal(client.create(configMaps, namespace, configMap(name)))).toMatchObject({
        code: 422,
        details: { causes: [{ field: "metadata.labels" }] },
      });
    },
  },
  {
    name: "webhooks are asked in the order of their configurations; those that ask for it see what later ones changed",
    async run(stage) {
      const { client, namespace, name } = stage;
      const again = { reinvocationPolicy: "IfNeeded" };
      await stage.install("Mutating", [{ name: "z.test.io", ...again }]);
      await stage.install("Mutating", [
        { name: "a.test.io", ...again },
        { name: "b.test.io" },
        { name: "c.test.io", ...again },
      ]);
      const change = patchWith({ op: "add", path: "/data", value: { z: "1" } });
      stage.respond("b.test.io", () => change);
      await client.create(configMaps, namespace, configMap(`${name}-1`));
      expect(stage.calls().map((call) => call[0])).toEqual(["z", "a", "b", "c", "z", "a"]);
      stage.respond("b.test.io", () => ({}));
      stage.respond("z.test.io", () => change);
      await client.create(configMaps, namespace, configMap(`${name}-2`));
      expect(stage.calls().map((call) => call[0])).toEqual(["z", "a", "b", "c"]);
      stage.respond("z.test.io", () => ({}));
      let count = 0;
      const growing = () => patchWith({ op: "add", path: "/data", value: { z: String(++count) } });
      stage.respond("a.test.io", growing);
      stage.respond("c.test.io", growing);
      const made = await client.create(configMaps, namespace, configMap(`${name}-3`));
      expect(stage.calls().map((call) => call[0])).toEqual(["z", "a", "b", "c", "z", "a", "c"]);
      expect(made.data).toEqual({ z: "4" });
    },
  },
  {
    name: "built-in plugins look again at what a webhook added",
    async run(stage) {
      const { client, namespace, name } = stage;
      await stage.install("Mutating", [{ name: "m.test.io" }]);
      stage.respond("m.test.io", ({ resource }) =>
        (resource as { resource: string }).resource === "pods"
          ? patchWith({ op: "add", path: "/spec/containers/-", value: { name: "side", image: "i" } })
          : {},
      );
      await client.create(serviceAccounts, namespace, { metadata: { name } });
      const spec = { serviceAccountName: name, automountServiceAccountToken: true };
      const made = await client.create(pods, namespace, pod(name, spec));
      expect(made.spec.containers.map((each) => each.volumeMounts?.length)).toEqual([1, 1]);
      expect(made.spec.containers[1]).toMatchObject({
        terminationMessagePolicy: "File",
        imagePullPolicy: "Always",
      });
    },
  },
  {
    name: "rules select by group, version, resource, operation and subresource",
    async run(stage) {
      const { client, namespace, name } = stage;
      const rule = (resource: string, more = {}) => ({
        rules: [{ apiGroups: ["*"], apiVersions: ["*"], operations: ["*"], resources: [resource], ...more }],
      });
      await stage.install("Validating", [
        { name: "deployments.test.io", ...rule("deployments", { apiGroups: ["apps"] }) },
        { name: "group.test.io", ...rule("deployments", { apiGroups: [""] }) },
        { name: "version.test.io", ...rule("deployments", { apiVersions: ["v2"] }) },
        { name: "update.test.io", ...rule("deployments", { operations: ["UPDATE"] }) },
        { name: "cluster.test.io", ...rule("deployments", { scope: "Cluster" }) },
        { name: "status.test.io", ...rule("deployments/status") },
        { name: "parts.test.io", ...rule("deployments/*") },
        { name: "any.test.io", ...rule("*") },
        { name: "every.test.io", ...rule("*/*") },
      ]);
      const made = await client.create(deployments, namespace, deployment(name));
      expect(stage.calls().toSorted()).toEqual(
        ["any", "deployments", "every", "parts"].map((hook) => `${hook} CREATE ${name}`),
      );
      const status = { ...made, status: { replicas: 0, observedGeneration: 1 } };
      await client.subresource("update", deployments, namespace, name, "status", status as never);
      expect(stage.calls().toSorted()).toEqual(
        ["every", "parts", "status"].map((hook) => `${hook} UPDATE ${name}/status`),
      );
    },
  },
  {
    name: "a Scale is shown as what it is",
    async run(stage) {
      const { client, namespace, name } = stage;
      await client.create(deployments, namespace, deployment(name));
      await stage.install("Mutating", [{ name: "m.test.io" }]);
      await stage.install("Validating", [{ name: "v.test.io" }]);
      const scale = await client.subresource("get", deployments, namespace, name, "scale");
      await client.subresource("update", deployments, namespace, name, "scale", {
        ...scale,
        spec: {},
      } as never);
      for (const hook of ["m.test.io", "v.test.io"]) {
        expect(stage.asked(hook)).toMatchObject({
          kind: { group: "autoscaling", version: "v1", kind: "Scale" },
          resource: { group: "apps", version: "v1", resource: "deployments" },
          subResource: "scale",
          requestSubResource: "scale",
          object: { kind: "Scale", metadata: { name } },
          oldObject: { kind: "Scale", metadata: { name } },
        });
      }
      expect(stage.calls()).toEqual([`m UPDATE ${name}/scale`, `v UPDATE ${name}/scale`]);
    },
  },
  {
    name: "bindings and evictions are creations of what they are; an eviction's deletion asks nobody",
    async run(stage) {
      const { client, namespace, name } = stage;
      await client.create(serviceAccounts, namespace, { metadata: { name } });
      const own = { serviceAccountName: name };
      await client.create(pods, namespace, pod(name, own));
      await stage.install("Mutating", [{ name: "m.test.io" }]);
      await stage.install("Validating", [{ name: "v.test.io" }]);
      const binding = { apiVersion: "v1", kind: "Binding", metadata: { name }, target: { name: "nowhere" } };
      await client.subresource("create", pods, namespace, name, "binding", binding);
      expect(stage.asked("v.test.io")).toMatchObject({
        kind: { group: "", version: "v1", kind: "Binding" },
        resource: { resource: "pods" },
        object: { kind: "Binding", target: { name: "nowhere" } },
        oldObject: null,
      });
      const eviction = {
        apiVersion: "policy/v1",
        kind: "Eviction",
        metadata: { name },
        deleteOptions: { gracePeriodSeconds: 0 },
      };
      await client.subresource("create", pods, namespace, name, "eviction", eviction);
      expect(stage.asked("v.test.io")).toMatchObject({
        kind: { group: "policy", version: "v1", kind: "Eviction" },
        object: { kind: "Eviction", deleteOptions: { gracePeriodSeconds: 0 } },
        oldObject: null,
      });
      expect(stage.calls()).toEqual(
        ["binding", "eviction"].flatMap((part) => [`m CREATE ${name}/${part}`, `v CREATE ${name}/${part}`]),
      );
    },
  },
  {
    name: "another version of the resource is converted for webhooks that take equivalents, and no other",
    async run(stage) {
      const { client, namespace, name } = stage;
      const rules = [
        {
          apiGroups: ["autoscaling"],
          apiVersions: ["v1"],
          operations: ["*"],
          resources: ["horizontalpodautoscalers"],
        },
      ];
      await stage.install("Mutating", [
        { name: "exact.test.io", rules, matchPolicy: "Exact" },
        { name: "equivalent.test.io", rules, matchPolicy: "Equivalent" },
      ]);
      stage.respond("equivalent.test.io", () =>
        patchWith({ op: "add", path: "/spec/targetCPUUtilizationPercentage", value: 42 }),
      );
      const scaleTargetRef = { apiVersion: "apps/v1", kind: "Deployment", name: "d" };
      const made = await client.create(horizontalPodAutoscalers, namespace, {
        metadata: { name },
        spec: { scaleTargetRef, maxReplicas: 3 },
      });
      expect(stage.asked("equivalent.test.io")).toMatchObject({
        kind: { group: "autoscaling", version: "v1", kind: "HorizontalPodAutoscaler" },
        requestKind: { group: "autoscaling", version: "v2", kind: "HorizontalPodAutoscaler" },
        resource: { group: "autoscaling", version: "v1" },
        requestResource: { group: "autoscaling", version: "v2" },
        object: { apiVersion: "autoscaling/v1" },
      });
      expect(made.spec.metrics).toEqual([
        {
          type: "Resource",
          resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 42 } },
        },
      ]);
      expect(stage.calls()).toEqual([`equivalent CREATE ${name}`]);
    },
  },
  {
    name: "an object selector looks at the new object and at the old one",
    async run(stage) {
      const { client, namespace, name } = stage;
      await stage.install("Validating", [
        { name: "v.test.io", objectSelector: { matchLabels: { watched: name } } },
      ]);
      const labels = { watched: name };
      await client.create(configMaps, namespace, configMap(`${name}-a`));
      await client.create(configMaps, namespace, configMap(name, {}, { labels }));
      await client.update(configMaps, namespace, name, configMap(name));
      await client.update(configMaps, namespace, name, configMap(name, { a: "1" }));
      expect(stage.calls()).toEqual([`v CREATE ${name}`, `v UPDATE ${name}`]);
    },
  },
  {
    name: "a namespace selector that does not select the namespace spares it",
    async run(stage) {
      const { client, namespace, name } = stage;
      await stage.install("Validating", [
        { name: "v.test.io", namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "other" } } },
      ]);
      await client.create(configMaps, namespace, configMap(name));
      expect(stage.calls()).toEqual([]);
    },
  },
  {
    name: "a request that does not meet a webhook's conditions is not asked about",
    async run(stage) {
      const { client, namespace, name } = stage;
      const matchConditions = [
        { name: "big", expression: "has(object.data) && object.data.size == 'big'" },
        { name: "created", expression: "request.operation == 'CREATE' && oldObject == null" },
      ];
      await stage.install("Mutating", [{ name: "m.test.io", matchConditions }]);
      await stage.install("Validating", [{ name: "v.test.io", matchConditions }]);
      await client.create(configMaps, namespace, configMap(`${name}-a`, { size: "small" }));
      await client.create(configMaps, namespace, configMap(`${name}-b`, { size: "big" }));
      await client.patch(configMaps, namespace, `${name}-b`, "merge", { data: { more: "1" } });
      expect(stage.calls()).toEqual([`m CREATE ${name}-b`, `v CREATE ${name}-b`]);
    },
  },
  {
    name: "a condition that cannot be evaluated refuses the request, or passes the webhook over",
    async run(stage) {
      const { client, namespace, name } = stage;
      const matchConditions = [{ name: "missing", expression: "object.data.nothing == 'x'" }];
      const only = (policy: string) => ({
        matchConditions,
        objectSelector: { matchLabels: { policy: `${name}-${policy}` } },
      });
      await stage.install("Validating", [
        { name: "strict.test.io", failurePolicy: "Fail", ...only("fail") },
        { name: "lax.test.io", failurePolicy: "Ignore", ...only("ignore") },
      ]);
      const labelled = (policy: string) =>
        configMap(`${name}-${policy}`, { a: "1" }, { labels: { policy: `${name}-${policy}` } });
      expect(await refusal(client.create(configMaps, namespace, labelled("fail")))).toMatchObject({
        code: 403,
        message: `configmaps "${name}-fail" is forbidden: expression 'object.data.nothing == 'x'' resulted in error: no such key: nothing`,
      });
      await client.create(configMaps, namespace, labelled("ignore"));
      expect(stage.calls()).toEqual([]);
    },
  },
  {
    name: "a dry run asks, says so, and stores nothing",
    async run(stage) {
      const { client, namespace, name } = stage;
      await stage.install("Mutating", [{ name: "m.test.io", sideEffects: "NoneOnDryRun" }]);
      stage.respond("m.test.io", () => patchWith({ op: "add", path: "/data", value: { dry: "yes" } }));
      const made = await client.create(configMaps, namespace, configMap(name), { dryRun: true });
      expect(made.data).toEqual({ dry: "yes" });
      expect(stage.asked("m.test.io")).toMatchObject({
        dryRun: true,
        options: { kind: "CreateOptions", apiVersion: "meta.k8s.io/v1", dryRun: ["All"] },
      });
      expect(await refusal(client.get(configMaps, namespace, name))).toMatchObject({ reason: "NotFound" });
    },
  },
  {
    name: "an update that another writer overtakes is judged as it would be stored",
    async run(stage) {
      const { client, namespace, name } = stage;
      await client.create(configMaps, namespace, configMap(name, { a: "1" }));
      await stage.install("Validating", [{ name: "v.test.io", objectSelector: { matchExpressions: [] } }]);
      let overtaken: Promise<unknown> | undefined;
      stage.respond("v.test.io", ({ object }) => {
        if ((object as ConfigMap).data?.b !== undefined && overtaken === undefined) {
          overtaken = client.patch(configMaps, namespace, name, "merge", { data: { c: "1" } });
        }
        return {};
      });
      // The overtaking write is made while the first one waits for its answer.
      const slow = client.patch(configMaps, namespace, name, "merge", { data: { b: "1" } });
      await slow;
      await overtaken;
      const stored = await client.get(configMaps, namespace, name);
      expect(stored.data).toEqual({ a: "1", b: "1", c: "1" });
      const last = stage.asked("v.test.io").object as ConfigMap;
      expect(last.data).toEqual(stored.data);
    },
  },
  {
    name: "a Service keeps the address that validating webhooks were shown",
    async run(stage) {
      const { client, namespace, name } = stage;
      await stage.install("Validating", [{ name: "v.test.io" }]);
      const made = await client.create(services, namespace, {
        metadata: { name },
        spec: { type: "NodePort", ports: [{ port: 80 }] },
      });
      expect(stage.asked("v.test.io").object).toMatchObject({ spec: made.spec });
      expect(stage.calls()).toEqual([`v CREATE ${name}`]);
    },
  },
  {
    name: "a Service that is another name for a host leads to it",
    async run(stage) {
      const { client, namespace, name, server } = stage;
      const spec = { type: "ExternalName", externalName: "127.0.0.1" };
      await client.create(services, namespace, { metadata: { name: "hook" }, spec });
      const clientConfig = {
        caBundle: server.caBundle,
        service: { namespace, name: "hook", port: server.port, path: "/v.test.io" },
      };
      await stage.install("Validating", [{ name: "v.test.io", clientConfig }]);
      await client.create(configMaps, namespace, configMap(name));
      expect(server.received[0]?.headers.host).toBe(`hook.${namespace}.svc:${server.port}`);
      expect(stage.calls()).toEqual([`v CREATE ${name}`]);
    },
  },
];
