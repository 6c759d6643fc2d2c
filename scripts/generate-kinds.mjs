// Writes src/kube/kinds.data.json: the table of kinds as a Kubernetes API server tells it by aggregated discovery.
// Usage: node scripts/generate-kinds.mjs https://HOST:PORT TOKEN   (a stock cluster of the version modelled, but for
// --feature-gates=MutatingAdmissionPolicy=true --runtime-config=admissionregistration.k8s.io/v1beta1=true; its certificate is not checked)
import { writeFileSync } from "node:fs";
import { request } from "node:https";

const [server, token] = process.argv.slice(2);
const accept = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

function get(path) {
  return new Promise((resolve, reject) => {
    request(
      `${server}${path}`,
      { rejectUnauthorized: false, headers: { authorization: `Bearer ${token}`, accept } },
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

const rows = [];
for (const path of ["/api", "/apis"]) {
  for (const group of (await get(path)).items) {
    for (const version of group.versions) {
      for (const resource of version.resources) {
        const subresources = {};
        for (const sub of resource.subresources ?? []) {
          const { group: g, version: v, kind } = sub.responseKind;
          subresources[sub.subresource] = {
            group: g || group.metadata.name || "",
            version: v || version.version,
            kind,
            verbs: sub.verbs,
          };
        }
        rows.push({
          group: group.metadata.name ?? "",
          version: version.version,
          kind: resource.responseKind.kind,
          plural: resource.resource,
          singular: resource.singularResource,
          shortNames: resource.shortNames ?? [],
          categories: resource.categories ?? [],
          namespaced: resource.scope === "Namespaced",
          verbs: resource.verbs,
          subresources,
        });
      }
    }
  }
}
writeFileSync(
  new URL("../src/kube/kinds.data.json", import.meta.url),
  `[\n${rows.map((row) => JSON.stringify(row)).join(",\n")}\n]\n`,
);
console.log(`${rows.length} kinds`);
