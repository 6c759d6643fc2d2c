printf '#!/bin/sh\nsed -i "s/a: .*/a: \\"7\\"/" "$1"\n' >"$work/bin/seven"
printf '#!/bin/sh\nsed -i "s/replicas: .*/replicas: -7/" "$1"\n' >"$work/bin/negative"
chmod +x "$work/bin/seven" "$work/bin/negative"
check "edit" "configmap/conf edited" env KUBE_EDITOR=seven "$kubectl" edit configmap conf
check "edit without a change" "no changes made" env KUBE_EDITOR=seven "$kubectl" edit configmap conf
check "edit to what is wrong" '!deployments.apps "cart" is invalid.*Edit cancelled, no valid changes were saved' env KUBE_EDITOR=negative "$kubectl" edit deployment cart
check "edit of what was applied last" "edited|no changes made" env KUBE_EDITOR=true "$kubectl" apply edit-last-applied deployment/cart
k "edited" "^7" get configmap conf -o 'jsonpath={.data.a}'
k "apply view-last-applied" "kind: Deployment" apply view-last-applied deployment/cart
k "apply set-last-applied" "configured" apply set-last-applied -f "$here/shop.yaml" --create-annotation
printf '{"data":{"c":"3"}}' >"$work/patch.json"
k "patch from a file" '"c": "3"' patch configmap conf --patch-file "$work/patch.json" -o json
k "patch of a file's objects" "deployment.apps/cart patched.*configmap/cart patched" patch -f "$here/shop.yaml" -p '{"metadata":{"labels":{"seen":"yes"}}}'
k "patch on trial" "^9" patch deployment cart --dry-run=server -p '{"spec":{"replicas":9}}' -o 'jsonpath={.spec.replicas}'
k "patch that changes nothing" "patched \(no change\)" patch configmap conf --type=merge -p '{"data":{"c":"3"}}'
k "patch whose test fails" "!The request is invalid|testing path" patch configmap conf --type=json -p '[{"op":"test","path":"/data/c","value":"4"}]'
k "patch of the status" "patched" patch deployment cart --subresource=status --type=merge -p '{"status":{"observedGeneration":0}}'
k "set env from a configmap" "deployment.apps/web env updated" set env deployment/web --from=configmap/conf --prefix=SHOP_
k "set env, listed" "SHOP_C from configmap conf, key c" set env deployment/web --list
k "set env, taken away" "env updated" set env deployment/web SHOP_C-
k "set image of all containers" "image updated" set image deployment/web '*=nginx:1.28'
k "set serviceaccount" "serviceaccount updated" set serviceaccount deployment/web default
k "set selector" "selector updated" set selector service/cart app=cart
k "create a rolebinding to set" "created" create rolebinding readers --clusterrole=view --user=joe
k "set subject" "subjects updated" set subject rolebinding/readers --user=jane --group=friends
k "set subject, seen" "jane.*friends" get rolebinding readers -o 'jsonpath={.subjects[*].name}'
check "rollout restart of what is paused" "!can't restart paused deployment" bash -c "'$kubectl' rollout pause deployment/web && '$kubectl' rollout restart deployment/web"
k "rollout resume after it" "resumed" rollout resume deployment/web
k "why a rollout was" "annotated" annotate deployment/web kubernetes.io/change-cause=because
k "rollout history with the cause" "because" rollout history deployment/web
k "rollout undo, on trial" "dry run" rollout undo deployment/web --dry-run=server
k "scale several" "web scaled.*cart scaled|cart scaled.*web scaled" scale deployment/web deployment/cart --replicas=2
check "wait for creation" "condition met" bash -c "(sleep 1; '$kubectl' create cm late --from-literal=a=b >/dev/null) & '$kubectl' wait cm/late --for=create --timeout=20s"
k "rollout status after scaling several" "successfully rolled out" rollout status deployment/cart --timeout=55s
k "wait for all of a label" "condition met.*condition met" wait pod -l app=cart --for=condition=PodScheduled --timeout=55s
k "wait in vain" "!timed out waiting for the condition on deployments/cart" wait deployment/cart --for=condition=Nope --timeout=1s
k "wait for what is gone" "" wait cm/nope --for=delete --timeout=5s
