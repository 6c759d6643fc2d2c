import { expect } from "vitest";
import type { Kind } from "../../../src/kube/kind.ts";
import { configMaps, deployments, pods, secrets, services } from "../../../src/kube/kinds.ts";
import type { ConfigMap } from "../../../src/kube/types/index.ts";
import { configMap, deployment, pod, refusal } from "../bodies.ts";
import type { ContractCase } from "../client-contract.ts";

const widgets: Kind = {
  ...configMaps,
  group: "example.com",
  kind: "Widget",
  plural: "widgets",
  singular: "widget",
};

export const createCases: readonly ContractCase[] = [
  {
    name: "an object gets a uid, a resourceVersion, a moment and its namespace",
    async run({ client, namespace, name }) {
      const made = await client.create(configMaps, namespace, configMap(name, { a: "1" }));
      expect(made).toMatchObject({
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: {
          name,
          namespace,
          uid: expect.stringMatching(/^[0-9a-f]{8}-/),
          resourceVersion: expect.stringMatching(/^\d+$/),
          creationTimestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
        },
        data: { a: "1" },
      });
      expect(await client.get(configMaps, namespace, name)).toEqual(made);
    },
  },
  {
    name: "apiVersion and kind may be left out where the path says them",
    async run({ client, namespace, name }) {
      const made = await client.create(configMaps, namespace, { metadata: { name } });
      expect(made).toMatchObject({ apiVersion: "v1", kind: "ConfigMap" });
    },
  },
  {
    name: "a generated name is the prefix and five characters",
    async run({ client, namespace, name }) {
      const made = await client.create(configMaps, namespace, { metadata: { generateName: `${name}-` } });
      expect(made.metadata.name).toMatch(new RegExp(`^${name}-[bcdfghjklmnpqrstvwxz2456789]{5}$`));
      expect(made.metadata.generateName).toBe(`${name}-`);
    },
  },
  {
    name: "what only the server may set is not taken from the client",
    async run({ client, namespace, name }) {
      const given = { uid: "mine", creationTimestamp: "2001-01-01T00:00:00Z" };
      const made = await client.create(configMaps, namespace, configMap(name, {}, given));
      expect(made.metadata.uid).not.toBe("mine");
      expect(made.metadata.creationTimestamp).not.toBe(given.creationTimestamp);
    },
  },
  {
    name: "a name that is taken is refused",
    async run({ client, namespace, name }) {
      await client.create(configMaps, namespace, configMap(name));
      expect(await refusal(client.create(configMaps, namespace, configMap(name)))).toMatchObject({
        reason: "AlreadyExists",
        code: 409,
        message: `configmaps "${name}" already exists`,
        details: { name, kind: "configmaps" },
      });
    },
  },
  {
    name: "an object without a name is refused",
    async run({ client, namespace }) {
      const message = "Required value: name or generateName is required";
      expect(await refusal(client.create(configMaps, namespace, { metadata: {} }))).toMatchObject({
        reason: "Invalid",
        code: 422,
        message: `ConfigMap "" is invalid: metadata.name: ${message}`,
        details: {
          kind: "ConfigMap",
          causes: [{ reason: "FieldValueRequired", message, field: "metadata.name" }],
        },
      });
    },
  },
  {
    name: "a name that is no DNS name is refused",
    async run({ client, namespace }) {
      const error = await refusal(client.create(configMaps, namespace, configMap("Not_A_Name")));
      expect(error).toMatchObject({
        reason: "Invalid",
        details: { name: "Not_A_Name", kind: "ConfigMap", causes: [{ field: "metadata.name" }] },
      });
      expect(error.message).toMatch(
        /^ConfigMap "Not_A_Name" is invalid: metadata\.name: Invalid value: "Not_A_Name": a lowercase RFC 1123 subdomain must consist of/,
      );
    },
  },
  {
    name: "a label that is none is refused",
    async run({ client, namespace, name }) {
      const body = configMap(name, {}, { labels: { "a b": "c" } });
      expect(await refusal(client.create(configMaps, namespace, body))).toMatchObject({
        reason: "Invalid",
        details: { causes: [{ reason: "FieldValueInvalid", field: "metadata.labels" }] },
      });
    },
  },
  {
    name: "another namespace than the path's is refused",
    async run({ client, namespace, name }) {
      const body = configMap(name, {}, { namespace: "elsewhere" });
      expect(await refusal(client.create(configMaps, namespace, body))).toMatchObject({
        reason: "BadRequest",
        message: "the namespace of the provided object does not match the namespace sent on the request",
      });
    },
  },
  {
    name: "a namespace that does not exist is not found",
    async run({ client, name }) {
      expect(await refusal(client.create(configMaps, "nowhere", configMap(name)))).toMatchObject({
        reason: "NotFound",
        code: 404,
        message: 'namespaces "nowhere" not found',
        details: { name: "nowhere", kind: "namespaces" },
      });
    },
  },
  {
    name: "a resourceVersion is refused",
    async run({ client, namespace, name }) {
      const body = configMap(name, {}, { resourceVersion: "5" });
      const error = await refusal(client.create(configMaps, namespace, body));
      expect(error.message).toBe("resourceVersion should not be set on objects to be created");
    },
  },
  {
    name: "an object of another kind is refused",
    async run({ client, namespace, name }) {
      expect(await refusal(client.create(configMaps, namespace, pod(name)))).toMatchObject({
        reason: "BadRequest",
        message:
          'Pod in version "v1" cannot be handled as a ConfigMap: converting (v1.Pod) to (core.ConfigMap): unknown conversion',
      });
    },
  },
  {
    name: "a kind that is not served is not found",
    async run({ client, namespace, name }) {
      expect(await refusal(client.create(widgets, namespace, { metadata: { name } }))).toMatchObject({
        reason: "NotFound",
        code: 404,
      });
    },
  },
  {
    name: "a value of the wrong type is refused",
    async run({ client, namespace, name }) {
      expect(await refusal(client.create(configMaps, namespace, configMap(name, { a: 1 })))).toMatchObject({
        reason: "BadRequest",
        code: 400,
        message:
          'ConfigMap in version "v1" cannot be handled as a ConfigMap: json: cannot unmarshal number into Go struct field ConfigMap.data of type string',
      });
    },
  },
  {
    name: "an unknown field is refused when asked to be strict",
    async run({ client, namespace, name }) {
      const body = { ...configMap(name), colour: "red" };
      const error = await refusal(client.create(configMaps, namespace, body, { fieldValidation: "Strict" }));
      expect(error).toMatchObject({
        reason: "BadRequest",
        message:
          'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: unknown field "colour"',
      });
    },
  },
  {
    name: "an unknown field is dropped otherwise",
    async run({ client, namespace, name }) {
      const body = { ...configMap(name, { a: "1" }), colour: "red" };
      const made = await client.create(configMaps, namespace, body, { fieldValidation: "Ignore" });
      expect(made).not.toHaveProperty("colour");
      expect(made.data).toEqual({ a: "1" });
    },
  },
  {
    name: "a dry run answers as if, and stores nothing",
    async run({ client, namespace, name }) {
      const made: ConfigMap = await client.create(configMaps, namespace, configMap(name), { dryRun: true });
      expect(made.metadata.uid).toBeTypeOf("string");
      expect(made.metadata.resourceVersion).toBeUndefined();
      expect(await refusal(client.get(configMaps, namespace, name))).toMatchObject({ reason: "NotFound" });
    },
  },
  {
    name: "a dry run is refused as the real one would be",
    async run({ client, namespace, name }) {
      await client.create(configMaps, namespace, configMap(name));
      const error = await refusal(client.create(configMaps, namespace, configMap(name), { dryRun: true }));
      expect(error.reason).toBe("AlreadyExists");
    },
  },
  {
    name: "the field manager owns what it set",
    async run({ client, namespace, name }) {
      const body = configMap(name, { a: "1" });
      const made = await client.create(configMaps, namespace, body, { fieldManager: "painter" });
      expect(made.metadata.managedFields).toEqual([
        {
          manager: "painter",
          operation: "Update",
          apiVersion: "v1",
          time: expect.any(String),
          fieldsType: "FieldsV1",
          fieldsV1: { "f:data": { ".": {}, "f:a": {} } },
        },
      ]);
    },
  },
  {
    name: "a Deployment is completed with defaults",
    async run({ client, namespace, name }) {
      const made = await client.create(deployments, namespace, deployment(name));
      expect(made).toMatchObject({
        metadata: { generation: 1 },
        spec: {
          replicas: 0,
          strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: "25%", maxSurge: "25%" } },
          revisionHistoryLimit: 10,
          progressDeadlineSeconds: 600,
          template: {
            spec: {
              restartPolicy: "Always",
              dnsPolicy: "ClusterFirst",
              terminationGracePeriodSeconds: 30,
              schedulerName: "default-scheduler",
              containers: [
                { terminationMessagePath: "/dev/termination-log", imagePullPolicy: "IfNotPresent" },
              ],
            },
          },
        },
      });
    },
  },
  {
    name: "a status that comes along is dropped",
    async run({ client, namespace, name }) {
      const body = { ...deployment(name), status: { replicas: 7, readyReplicas: 7 } };
      const made = await client.create(deployments, namespace, body);
      expect(made.status?.readyReplicas ?? 0).toBe(0);
    },
  },
  {
    name: "a Service is given an address",
    async run({ client, namespace, name }) {
      const spec = { selector: { app: name }, ports: [{ port: 80, targetPort: 8080 }] };
      const made = await client.create(services, namespace, { metadata: { name }, spec });
      expect(made.spec).toMatchObject({
        type: "ClusterIP",
        clusterIP: expect.stringMatching(/^\d+\.\d+\.\d+\.\d+$/),
        sessionAffinity: "None",
        internalTrafficPolicy: "Cluster",
        ipFamilies: ["IPv4"],
        ports: [{ port: 80, targetPort: 8080, protocol: "TCP" }],
      });
      expect(made.spec.clusterIPs).toEqual([made.spec.clusterIP]);
    },
  },
  {
    name: "a Secret's texts become data",
    async run({ client, namespace, name }) {
      const made = await client.create(secrets, namespace, {
        metadata: { name },
        stringData: { key: "value" },
      });
      expect(made).toMatchObject({ type: "Opaque", data: { key: "dmFsdWU=" } });
      expect(made).not.toHaveProperty("stringData");
    },
  },
  {
    name: "a Pod waits, with the tolerations and the quality of service that follow from it",
    async run({ client, namespace, name }) {
      const made = await client.create(pods, namespace, pod(name));
      expect(made.status).toMatchObject({ phase: "Pending", qosClass: "BestEffort" });
      expect(made.spec.tolerations).toEqual([
        {
          key: "node.kubernetes.io/not-ready",
          operator: "Exists",
          effect: "NoExecute",
          tolerationSeconds: 300,
        },
        {
          key: "node.kubernetes.io/unreachable",
          operator: "Exists",
          effect: "NoExecute",
          tolerationSeconds: 300,
        },
      ]);
    },
  },
  {
    name: "every wrong field is told at once",
    async run({ client, namespace, name }) {
      const spec = { containers: [{ name: "Main", image: "" }], restartPolicy: "Sometimes" };
      const error = await refusal(client.create(pods, namespace, { metadata: { name }, spec }));
      expect(error.reason).toBe("Invalid");
      expect(error.details.causes?.map(({ field }) => field)).toEqual(
        expect.arrayContaining(["spec.containers[0].name", "spec.containers[0].image", "spec.restartPolicy"]),
      );
    },
  },
  {
    name: "a template that the selector does not match is refused",
    async run({ client, namespace, name }) {
      const body = deployment(name, { selector: { matchLabels: { app: "other" } } });
      expect(await refusal(client.create(deployments, namespace, body))).toMatchObject({
        reason: "Invalid",
        details: {
          group: "apps",
          kind: "Deployment",
          causes: [{ reason: "FieldValueInvalid", field: "spec.template.metadata.labels" }],
        },
      });
    },
  },
];
