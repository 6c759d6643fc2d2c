check "diff of what differs" "!-  colour: red.*\+  colour: blue" "$kubectl" diff -f "$here/blue.yaml"
check "diff on the server" "!colour: blue" "$kubectl" diff --server-side --force-conflicts -f "$here/blue.yaml"
k "replace by force" 'configmap "cart" deleted.*configmap/cart replaced' replace --force -f "$here/blue.yaml"
k "apply what was replaced" "configmap/cart configured" apply -f "$here/shop.yaml"
k "apply a set" "one created.*two created" apply -f "$here/set-of-two.yaml" -l set=pair --prune --prune-allowlist=core/v1/ConfigMap
k "apply less of it, pruning" "one unchanged.*two pruned" apply -f "$here/set-of-one.yaml" -l set=pair --prune --prune-allowlist=core/v1/ConfigMap
sets() { check "$1" "$2" env KUBECTL_APPLYSET=true "$kubectl" apply -n shop --prune --applyset=pair "${@:3}"; }
sets "apply as a set" "two created" -f "$here/set-of-two.yaml"
sets "apply less of the set" "two pruned" -f "$here/set-of-one.yaml"
k "the set's own object" "applyset-.*-v1 kubectl/v1\.34\.4" get secret pair -o 'jsonpath={.metadata.labels.applyset\.kubernetes\.io/id} {.metadata.annotations.applyset\.kubernetes\.io/tooling}'
k "kustomize" "name: spring-stall" kustomize "$here/kustomize"
k "apply a kustomization" "configmap/spring-prices-[a-z0-9]+ created.*deployment.apps/spring-stall created" apply -k "$here/kustomize"
k "what kustomize made of it" "^2 nginx:1.28 spring-prices-" get deployment spring-stall -o 'jsonpath={.spec.replicas} {.spec.template.spec.containers[0].image} {.spec.template.spec.containers[0].envFrom[0].configMapRef.name}'
k "diff of a kustomization" "" diff -k "$here/kustomize"
k "delete a kustomization" "spring-stall\" deleted" delete -k "$here/kustomize"
k "create and keep what was said" "created" create -f "$here/set-of-two.yaml" --save-config --namespace=default
k "apply over it, unchanged" "one unchanged.*two unchanged" apply -f "$here/set-of-two.yaml" --namespace=default
k "delete by label, on trial" 'configmap "two" deleted from default namespace \(server dry run\)' delete cm -l set=pair -n default --dry-run=server
check "delete, asked first" 'Do you want to continue.*configmap "two" deleted' bash -c "echo y | '$kubectl' delete cm -l set=pair -n default --interactive"
k "delete a raw path" '"status":"Success"' delete --raw /api/v1/namespaces/shop/configmaps/one
k "run on a node" "bare created" run bare --image=nginx:1.27 --overrides='{"spec":{"nodeName":"node-4"}}'
k "drain on trial" "node/node-4 drained \(server dry run\)" drain node-4 --ignore-daemonsets --force --delete-emptydir-data --dry-run=server
k "drain stopped by pods that nobody would make anew" "!cannot delete Pods that declare no controller" drain node-4
k "uncordon what was not drained" "uncordoned" uncordon node-4
k "delete the bare pod" "deleted" delete pod bare --now
check "taint that is there already" "!already has a taint" bash -c "'$kubectl' taint node node-4 a=b:NoSchedule && '$kubectl' taint node node-4 a=b:NoSchedule"
k "taint changed" "modified" taint node node-4 a=c:NoSchedule --overwrite
k "taint taken off" "untainted" taint node node-4 a-
k "taint that is not there" '!taint "a" not found' taint node node-4 a-
openssl req -new -newkey rsa:2048 -nodes -keyout "$work/jane.key" -out "$work/jane.csr" -subj /O=friends/CN=jane 2>/dev/null
cat >"$work/request.yaml" <<Y
apiVersion: certificates.k8s.io/v1
kind: CertificateSigningRequest
metadata: { name: jane }
spec:
  request: $(base64 -w0 "$work/jane.csr")
  signerName: kubernetes.io/kube-apiserver-client
  usages: [client auth]
Y
k "a request for a certificate" "jane created" create -f "$work/request.yaml"
k "certificate approve" "approved" certificate approve jane
k "certificate approved" "jane +[0-9]+s +kubernetes.io/kube-apiserver-client +holdfast-admin +<none> +Approved" get csr jane
k "certificate deny, too late" "!already Approved" certificate deny jane
k "describe a request for a certificate" "Common Name: +jane.*Organization: +friends" describe csr jane
k "debug with a container more" "Defaulting debug container name to" debug solo --image=busybox --target=solo
k "debug with a copy" "Defaulting debug container name to" debug solo --image=busybox --copy-to=solo-copy
k "debug a node" "Creating debugging pod node-debugger-node-1" debug node/node-1 --image=busybox
k "delete the debuggers" "deleted" delete pod -l app.kubernetes.io/managed-by=kubectl-debug --now
k "delete the copy" "deleted" delete pod solo-copy --now
