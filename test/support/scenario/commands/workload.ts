import { deployments, services, statefulSets } from "../../../../src/kube/kinds.ts";
import type { Command, Words } from "../scenario.ts";

/**
 * deployment NAME [replicas=1] [image=nginx:1.27] [cpu=100m] [tolerate=SECONDS] [strategy=Recreate] [spread=required]
 * A Service of the same name comes with it.
 */
export const deployment: Command = (stage, words) => {
  const name = words.at(0);
  const strategy = words.text("strategy");
  stage.lab.api.create(deployments, {
    metadata: { name, namespace: "default" },
    spec: {
      replicas: words.number("replicas", 1),
      selector: { matchLabels: { app: name } },
      template: template(name, words),
      ...(strategy === "Recreate" ? { strategy: { type: "Recreate" as const } } : {}),
    },
  });
  service(stage.lab.api, name);
};

/** statefulset NAME [replicas=1] [image=…] [cpu=…] [tolerate=SECONDS] */
export const statefulSet: Command = (stage, words) => {
  const name = words.at(0);
  stage.lab.api.create(statefulSets, {
    metadata: { name, namespace: "default" },
    spec: {
      replicas: words.number("replicas", 1),
      serviceName: name,
      selector: { matchLabels: { app: name } },
      template: template(name, words),
    },
  });
  service(stage.lab.api, name);
};

type LabApi = Parameters<Command>[0]["lab"]["api"];

function service(api: LabApi, name: string): void {
  api.create(services, {
    metadata: { name, namespace: "default" },
    spec: { selector: { app: name }, ports: [{ port: 80 }] },
  });
}

function template(name: string, words: Words) {
  const tolerate = words.text("tolerate");
  const keys =
    tolerate === undefined ? [] : ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"];
  const antiAffinity = {
    podAntiAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [
        { topologyKey: "kubernetes.io/hostname", labelSelector: { matchLabels: { app: name } } },
      ],
    },
  };
  return {
    metadata: { labels: { app: name } },
    spec: {
      ...(words.text("spread") === "required" ? { affinity: antiAffinity } : {}),
      tolerations: keys.map((key) => ({
        key,
        operator: "Exists" as const,
        effect: "NoExecute" as const,
        tolerationSeconds: Number(tolerate),
      })),
      containers: [
        {
          name,
          image: words.text("image") ?? "nginx:1.27",
          ports: [{ containerPort: 80 }],
          readinessProbe: { httpGet: { path: "/", port: 80 }, periodSeconds: 5 },
          resources: { requests: { cpu: words.text("cpu") ?? "100m" } },
        },
      ],
    },
  };
}
