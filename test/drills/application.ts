/** What is made to fail: two replicas of the smallest HTTP server, and what is known of it. */
import type { ProfileFile } from "../../src/lab/node/profile.ts";

export const WEB_IMAGE = "docker.io/bed/web:1";

/** Answers every request with "ok", and ends at once when it is told to. */
export const WEB_SOURCE = `#include <arpa/inet.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
static void end(int number) { (void)number; _exit(0); }
int main(void) {
  static const char answer[] = "HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\nConnection: close\\r\\n\\r\\nok";
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(8080)};
  int yes = 1, server = socket(AF_INET, SOCK_STREAM, 0);
  signal(SIGTERM, end);
  signal(SIGPIPE, SIG_IGN);
  setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (bind(server, (struct sockaddr *)&address, sizeof address) != 0 || listen(server, 128) != 0) return 1;
  for (;;) {
    char request[4096];
    int client = accept(server, 0, 0);
    if (client < 0) continue;
    if (read(client, request, sizeof request) > 0 && write(client, answer, sizeof answer - 1) < 0) {}
    shutdown(client, SHUT_WR);
    while (read(client, request, sizeof request) > 0) {}
    close(client);
  }
}
`;

/** The server's namespace; nothing else is in it. */
export const NAMESPACE = "drill";

/** The manifests. `tolerationSeconds` is how long its pods stay on a node that is not heard of; 300 is what every pod gets. */
export function webManifests(tolerationSeconds: number): string {
  const toleration = (taint: string) =>
    `{key: node.kubernetes.io/${taint}, operator: Exists, effect: NoExecute, tolerationSeconds: ${tolerationSeconds}}`;
  return `
apiVersion: v1
kind: Namespace
metadata: {name: ${NAMESPACE}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: ${NAMESPACE}}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      automountServiceAccountToken: false
      tolerations: [${toleration("not-ready")}, ${toleration("unreachable")}]
      containers:
      - name: web
        image: ${WEB_IMAGE}
        imagePullPolicy: IfNotPresent
        ports: [{containerPort: 8080}]
        readinessProbe: {httpGet: {path: /, port: 8080}, periodSeconds: 5}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: ${NAMESPACE}}
spec: {type: NodePort, selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
`;
}

/** What the lab has to be told: every node of a bed has the image, and the server starts and ends at once. */
export const WEB_PROFILE: ProfileFile = {
  workloads: { web: { startSeconds: [0, 0.1], stopSeconds: 0, pullSeconds: [0, 0] } },
};
