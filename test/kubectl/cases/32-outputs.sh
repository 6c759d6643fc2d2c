printf '{.metadata.name}={.spec.replicas}' >"$work/path"
printf '{{.metadata.name}} has {{range .spec.template.spec.containers}}{{.image}}{{end}}' >"$work/template"
printf 'NAME  IMAGE\nmetadata.name spec.containers[*].image\n' >"$work/columns"
k "get by jsonpath from a file" "^cart=3" get deployment cart -o jsonpath-file="$work/path"
k "get by jsonpath as json" '^\[.*"web"' get deployment cart -o jsonpath-as-json='{.spec.template.spec.containers[*].name}'
k "get by a filter in jsonpath" "^True" get deployment cart -o 'jsonpath={.status.conditions[?(@.type=="Available")].status}'
k "get by template" "^cart nginx" get deployment cart -o 'go-template={{.metadata.name}} {{range .spec.template.spec.containers}}{{.image}}{{end}}'
k "get by template from a file" "^cart has nginx" get deployment cart -o go-template-file="$work/template"
k "get by columns from a file" "NAME +IMAGE.*cart-[a-z0-9-]+ +nginx:1.27" get pods -l app=cart -o custom-columns-file="$work/columns"
check "get as KYAML" 'kind: "Deployment",' env KUBECTL_KYAML=true "$kubectl" get deployment cart -o kyaml
k "get with a label's column" "APP.*cart" get pods -L app
k "get with its kind" "deployment.apps/cart " get deployment --show-kind
k "get without headers" "^cart +3/3" get deployment cart --no-headers
k "get with managed fields" "manager: kubectl.*operation: Update" get deployment cart -o yaml --show-managed-fields
k "get of every namespace, wide" "NAMESPACE +NAME.*IP +NODE.*shop +cart" get pods -A -o wide
k "get several kinds" "deployment.apps/cart.*configmap/cart" get deployment/cart configmap/cart
k "get by set-based labels" "cart" get pods -l 'app in (cart, web), app notin (nope), !mark'
k "get of a file's objects" "deployment.apps/cart.*budget.policy/cart.*configmap/cart" get -f "$here/shop.yaml"
k "get a raw path" '"kind":"Deployment"' get --raw /apis/apps/v1/namespaces/shop/deployments/cart
k "get what may be missing" "" get pod nope --ignore-not-found
k "get sorted by a number" "cart-[^ ]+ +1/1" get pods -l app=cart --sort-by=.status.containerStatuses[0].restartCount
k "get in a version" "autoscaling/v1" get horizontalpodautoscalers.v1.autoscaling -o yaml
k "get the scale" "^3" get deployment cart --subresource=scale -o 'jsonpath={.spec.replicas}'
k "get the status" "availableReplicas" get deployment cart --subresource=status -o yaml
check "watch with the events' types" "EVENT.*ADDED +cart.*MODIFIED +cart" bash -c "(sleep 1; '$kubectl' annotate cm cart note=2 >/dev/null) & timeout 3 '$kubectl' get cm cart --watch --output-watch-events; true"
check "watch as json" '"resourceVersion".*"resourceVersion"' bash -c "(sleep 1; '$kubectl' annotate cm cart note=3 --overwrite >/dev/null) & timeout 3 '$kubectl' get cm cart --watch -o json; true"
check "watch until it is gone" "fleeting +1.*fleeting +1" bash -c "'$kubectl' create cm fleeting --from-literal=a=b >/dev/null; (sleep 1; '$kubectl' delete cm fleeting >/dev/null) & timeout 3 '$kubectl' get cm fleeting --watch; true"
k "api-resources, wide" "deployments +deploy +apps/v1 +true +Deployment +create,delete,deletecollection,get,list,patch,update,watch +all" api-resources -o wide
k "api-resources, from the cache" "cronjobs +cj" api-resources --cached
k "top without a metrics server" "!error: Metrics API not available" top pods
k "top of nodes" "!error: Metrics API not available" top nodes
k "cluster-info dump" "Cluster info dumped to" cluster-info dump --output-directory="$work/dump" --namespaces=shop
check "what was dumped" "cart" grep -o '"name": "cart"' "$work/dump/shop/deployments.json"
k "explain in an older version" "VERSION: +v1.*targetCPUUtilizationPercentage" explain hpa --api-version=autoscaling/v1 --recursive
k "explain by the older document, which is protobuf" "KIND: +Deployment.*FIELD: +replicas <integer>" explain deployment.spec.replicas --output=plaintext-openapiv2
k "explain a list's items" "FIELD: containers <\[\]Container>" explain pod.spec.containers
k "explain what there is not in it" '!field "nope" does not exist' explain pod.spec.nope
