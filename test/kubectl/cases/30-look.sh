k "get nodes" "NAME +STATUS +ROLES +AGE +VERSION.*node-1 +Ready +<none> +[0-9hms]+ +v1\.34" get nodes
k "get nodes, wide" "INTERNAL-IP.*OS-IMAGE.*CONTAINER-RUNTIME" get nodes -o wide
k "get pods" "NAME +READY +STATUS +RESTARTS +AGE.*cart-[a-z0-9]+-[a-z0-9]+ +1/1 +Running +0" get pods -l app=cart
k "get pods, wide" "NODE +NOMINATED NODE +READINESS GATES.*node-[1-4]" get pods -o wide
k "get deployments" "NAME +READY +UP-TO-DATE +AVAILABLE +AGE.*cart +3/3 +3 +3" get deployments
k "get replicasets" "DESIRED +CURRENT +READY" get rs
k "get services" "cart +ClusterIP +10\.[0-9.]+ +<none> +80/TCP" get services
k "get endpointslices" "ADDRESSTYPE.*IPv4" get endpointslices
k "get budgets" "MIN AVAILABLE +MAX UNAVAILABLE +ALLOWED DISRUPTIONS.*cart +N/A +1 +1" get pdb
k "get all" "pod/cart.*service/cart.*deployment.apps/cart.*replicaset.apps/cart" get all
k "get of every namespace" "kube-system +Active" get namespaces
k "get as yaml" "kind: Deployment" get deployment cart -o yaml
k "get as json" '"kind": "Deployment"' get deployment cart -o json
k "get a list as json" '"kind": "List"' get pods -o json
k "get by jsonpath" "^3" get deployment cart -o 'jsonpath={.spec.replicas}'
k "get by columns" "NAME +NODE" get pods -o custom-columns=NAME:.metadata.name,NODE:.spec.nodeName
k "get names" "pod/cart-" get pods -o name
k "get sorted" "cart" get pods --sort-by=.metadata.creationTimestamp
k "get by field" "cart" get pods --field-selector=status.phase=Running
k "get in pages" "cart" get pods --chunk-size=1
k "get with labels" "LABELS.*app=cart" get pods --show-labels
k "get a scale" "" get deployment cart --subresource=scale
k "get what there is not" '!Error from server \(NotFound\): pods "nope" not found' get pod nope
k "get a kind that there is not" "!the server doesn't have a resource type" get widgets
k "describe pod" "Name: +cart-.*Node: +node-.*Status: +Running.*QoS Class: +Burstable.*Events:.*Scheduled" describe pod -l app=cart
k "describe deployment" "Replicas: +3 desired \| 3 updated \| 3 total \| 3 available.*NewReplicaSet:.*ScalingReplicaSet" describe deployment cart
k "describe node" "Capacity:.*Non-terminated Pods:.*Allocated resources:" describe node node-1
k "describe service" "Endpoints: +10\.[0-9.]+:80" describe service cart
k "describe namespace" "Status: +Active" describe namespace shop
k "describe secret" "key: +5 bytes" describe secret pass
k "events" "Scheduled" events
k "events of an object" "ScalingReplicaSet.*Deployment/cart" events --for deployment/cart
k "events of a type" "No events found in shop namespace" events --types=Warning --for configmap/conf
check "events as they come" "SuccessfulCreate|Scheduled" bash -c "(sleep 1; '$kubectl' scale deployment web --replicas=3 >/dev/null) & timeout 4 '$kubectl' events --watch; true"
k "events of every namespace" "NAMESPACE +LAST SEEN.*shop +" events -A
k "get events" "LAST SEEN +TYPE +REASON" get events
check "watch" "NAME.*solo.*solo.*changed" bash -c "(sleep 1; '$kubectl' label pod solo mark=changed >/dev/null) & timeout 3 '$kubectl' get pods solo --watch -L mark; true"
check "watch only" "configmap/conf" bash -c "(sleep 1; '$kubectl' annotate cm conf note=1 >/dev/null) & timeout 3 '$kubectl' get cm --watch-only -o name; true"
