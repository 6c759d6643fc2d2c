k "logs tell what the simulated program did" "listening on port 80" logs deployment/cart
k "exec is refused honestly" "!no process runs in them" exec deploy/cart -- true
k "port-forward is refused honestly" "!no process runs in them" port-forward deploy/cart 18080:80
k "delete pod" 'pod "solo" deleted' delete pod solo --timeout=50s
k "delete now" 'deleted' delete pod -l app=cart --now --timeout=50s
k "delete by force" "force deleted" delete pod -l app=web --force --grace-period=0
k "delete without waiting" 'deployment.apps "web" deleted' delete deployment web --wait=false
k "delete what is gone" "!NotFound" delete configmap nope
k "delete if it is there" "" delete configmap nope --ignore-not-found
k "delete an orphan's owner" "deleted" delete deployment cart --cascade=orphan
k "its replica sets stay" "replicaset.apps/cart" get rs -o name -l app=cart
k "delete in the foreground" "deleted" delete rs -l app=cart --cascade=foreground --timeout=55s
k "delete by file" 'configmap "cart" deleted' delete configmap/cart pdb/cart
k "delete all" "deleted" delete all --all --timeout=55s
k "wait for a deletion" "namespace/shop condition met|" delete namespace shop --wait=false
k "wait for the end of a namespace" "" wait --for=delete namespace/shop --timeout=55s
