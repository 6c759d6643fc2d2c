k "label" "configmap/conf labeled" label configmap conf tier=web
k "label taken" "!already has a value" label configmap conf tier=db
k "annotate" "configmap/conf annotated" annotate configmap conf note=x --overwrite
k "labels, listed" "^tier=web" label configmap conf --list
k "labels of several" "configmap/conf labeled.*configmap/cart labeled" label configmap conf cart seen=1
k "label taken off" "configmap/conf unlabeled" label configmap conf seen-
k "label of all that a selector finds" "configmap/conf labeled" label configmap -l tier=web tier=db --overwrite
k "annotations, listed" "note=x" annotate configmap conf --list
k "annotation taken off" "configmap/conf annotated" annotate configmap conf note-
k "annotation gone" "^\[\]" get configmap conf -o 'jsonpath=[{.metadata.annotations.note}]'
k "patch, merge" "configmap/conf patched" patch configmap conf --type=merge -p '{"data":{"b":"2"}}'
k "patch, JSON" "configmap/conf patched" patch configmap conf --type=json -p '[{"op":"remove","path":"/data/b"}]'
k "patch, strategic" "deployment.apps/cart patched" patch deployment cart -p '{"spec":{"minReadySeconds":1}}'
k "patch of a subresource" "scale.autoscaling/cart patched" patch deployment cart --subresource=scale --type=merge -p '{"spec":{"replicas":2}}'
k "scale" "deployment.apps/cart scaled" scale deployment cart --replicas=4
k "scale from what it is not" "!Expected replicas to be 9, was 4" scale deployment cart --replicas=5 --current-replicas=9
k "rollout status after scaling" "successfully rolled out" rollout status deployment/cart --timeout=50s
k "set image" "deployment.apps/cart image updated" set image deployment/cart web=nginx:1.28
k "set env" "deployment.apps/cart env updated" set env deployment/cart MODE=fast
k "set resources" "resource requirements updated" set resources deployment/cart --limits=memory=128Mi
k "rollout pause" "paused" rollout pause deployment/cart
k "rollout resume" "resumed" rollout resume deployment/cart
k "rollout status after updating" "successfully rolled out" rollout status deployment/cart --timeout=55s
k "rollout history" "REVISION +CHANGE-CAUSE" rollout history deployment/cart
k "rollout history of a revision" "Image:.*nginx:1\.28" rollout history deployment/cart --revision=2
k "rollout status without waiting" "successfully rolled out" rollout status deployment/cart --watch=false
k "rollout undo" "rolled back" rollout undo deployment/cart --to-revision=1
k "rollout restart" "restarted" rollout restart deployment/cart
k "rollout status after restarting" "successfully rolled out" rollout status deployment/cart --timeout=55s
k "replace" "configmap/cart replaced" replace -f "$here/blue.yaml"
k "apply over it" "configmap/cart configured" apply -f "$here/shop.yaml"
