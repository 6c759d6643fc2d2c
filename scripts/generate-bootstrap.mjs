// Writes src/lab/apiserver/bootstrap.data.json: the roles and bindings of a stock Kubernetes cluster, its API services, priority
// levels and flow schemas, in the order in which its API server makes them, aggregated roles as its controller manager fills them.
// Usage: node scripts/generate-bootstrap.mjs https://HOST:PORT TOKEN   (a fresh cluster of the version modelled, with
// kube-controller-manager; its certificate is not checked)
import { writeFileSync } from "node:fs";
import { request } from "node:https";

const [server, token] = process.argv.slice(2);

function get(path) {
  return new Promise((resolve, reject) => {
    request(
      `${server}${path}`,
      { rejectUnauthorized: false, headers: { authorization: `Bearer ${token}` } },
      (answer) => {
        let text = "";
        answer.on("data", (part) => {
          text += part;
        });
        answer.on("end", () => resolve(JSON.parse(text)));
      },
    )
      .on("error", reject)
      .end();
  });
}

const managers = [];

/** The place of a list of managers in the table of them: there are few different ones. */
function placeOf(managedFields = []) {
  const text = JSON.stringify(managedFields.map(({ time: _time, ...entry }) => entry));
  if (!managers.includes(text)) managers.push(text);
  return managers.indexOf(text);
}

/** An object without what every server sets for itself: uid, version, times. */
function stripped(kind, { metadata, status, ...rest }) {
  const { name, namespace, labels, annotations, generation, managedFields } = metadata;
  return {
    kind,
    managers: placeOf(managedFields),
    metadata: { name, namespace, labels, annotations, generation },
    ...rest,
    ...(status === undefined ? {} : { status: timeless(status) }),
  };
}

function timeless({ conditions, ...status }) {
  if (conditions === undefined) return status;
  return { ...status, conditions: conditions.map(({ lastTransitionTime: _time, ...each }) => each) };
}

const KINDS = {
  ClusterRole: "rbac.authorization.k8s.io/v1/clusterroles",
  ClusterRoleBinding: "rbac.authorization.k8s.io/v1/clusterrolebindings",
  Role: "rbac.authorization.k8s.io/v1/roles",
  RoleBinding: "rbac.authorization.k8s.io/v1/rolebindings",
  APIService: "apiregistration.k8s.io/v1/apiservices",
  PriorityLevelConfiguration: "flowcontrol.apiserver.k8s.io/v1/prioritylevelconfigurations",
  FlowSchema: "flowcontrol.apiserver.k8s.io/v1/flowschemas",
};

const objects = [];
for (const [kind, path] of Object.entries(KINDS)) {
  const { items } = await get(`/apis/${path}`);
  const revisionOf = ({ metadata }) => Number(metadata.resourceVersion);
  // Aggregated ones have been written twice, and stand last.
  objects.push(...items.sort((a, b) => revisionOf(a) - revisionOf(b)).map((item) => stripped(kind, item)));
}
const lines = objects.map((object) => JSON.stringify(object));
writeFileSync(
  new URL("../src/lab/apiserver/bootstrap.data.json", import.meta.url),
  `{"managers":[\n${managers.join(",\n")}\n],\n"objects":[\n${lines.join(",\n")}\n]}\n`,
);
console.log(`${objects.length} objects`);
