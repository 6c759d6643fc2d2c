k "logs tell what the simulated program did" "listening on port 80" logs deployment/cart
k "logs of a container's last line" "using pod/cart-[a-z0-9-]+.simulated nginx:1.2[78]: listening" logs deployment/cart -c web --tail=1
k "logs with their moments" "20[0-9-]+T[0-9:.]+Z " logs deployment/cart --timestamps
k "logs since a moment that has passed" "" logs deployment/cart --since=1s
k "logs of all of a label, each with its pod" "\[pod/cart-[a-z0-9-]+/web\]" logs -l app=cart --prefix --all-containers
check "logs as they come" "listening on port 80" bash -c "timeout 3 '$kubectl' logs deployment/cart --follow; true"
k "logs of a container that there is not" "!container nope is not valid for pod" logs deployment/cart -c nope
k "logs of the one before" "!previous terminated container" logs deployment/cart --previous
check "proxy" '"kind": ?"Deployment"' bash -c "'$kubectl' proxy --port=18001 >/dev/null & sleep 1; curl -s http://127.0.0.1:18001/apis/apps/v1/namespaces/shop/deployments/cart; kill %1"
k "attach is refused honestly" "!no process runs in them" attach deploy/cart
k "cp is refused honestly" "!no process runs in them" cp "$here/shop.yaml" "$("$kubectl" get pods -l app=cart -o 'jsonpath={.items[0].metadata.name}'):/tmp/x"
k "exec is refused honestly" "!no process runs in them" exec deploy/cart -- true
k "port-forward is refused honestly" "!no process runs in them" port-forward deploy/cart 18080:80
k "delete pod" 'pod "solo" deleted' delete pod solo --timeout=50s
k "delete now" 'deleted' delete pod -l app=cart --now --timeout=50s
k "delete by force" "force deleted" delete pod -l app=web --force --grace-period=0
k "delete without waiting" 'deployment.apps "web" deleted' delete deployment web --wait=false
k "delete what is gone" "!NotFound" delete configmap nope
k "delete if it is there" "" delete configmap nope --ignore-not-found
k "create for the background" "created" create deployment backed --image=nginx:1.27
check "its replica set" "replicaset.apps/backed" bash -c "until '$kubectl' get rs -o name -l app=backed | grep .; do sleep 0.2; done"
k "delete in the background" "deleted" delete deployment backed --cascade=background
k "its replica set goes too" "" wait rs -l app=backed --for=delete --timeout=50s
k "delete an orphan's owner" "deleted" delete deployment cart --cascade=orphan
k "its replica sets stay" "replicaset.apps/cart" get rs -o name -l app=cart
k "delete in the foreground" "deleted" delete rs -l app=cart --cascade=foreground --timeout=55s
k "delete by file" 'configmap "cart" deleted' delete configmap/cart pdb/cart
k "delete all" "deleted" delete all --all --timeout=55s
k "wait for a deletion" "namespace/shop condition met|" delete namespace shop --wait=false
k "wait for the end of a namespace" "" wait --for=delete namespace/shop --timeout=55s
