# A kubeconfig that leads to the lab and says nothing of who one is: --token says it.
nobody=$work/nobody.kubeconfig
sed -e '/client-certificate-data:/d' -e '/client-key-data:/d' -e '/ token:/d' -e 's/user:$/user: {}/' "$KUBECONFIG" >"$nobody"
n() { check "$1" "$2" "$kubectl" --kubeconfig "$nobody" "${@:3}"; }

k "auth can-i, for somebody else" "!^no" auth can-i list configmaps --as=rita
k "auth reconcile" "reconciliation required create.*reconciliation required create" auth reconcile -f "$here/rbac.yaml"
k "auth reconcile again" "role.rbac.authorization.k8s.io/reader reconciled.rolebinding.rbac.authorization.k8s.io/reader reconciled.?$" auth reconcile -f "$here/rbac.yaml"
k "auth can-i, once a role is bound" "^yes" auth can-i list configmaps --as=rita
k "auth can-i --list" "Resources +Non-Resource URLs +Resource Names +Verbs.*configmaps +\[\] +\[\] +\[get list watch\]" auth can-i --list --as=rita
k "auth can-i of a path" "^yes" auth can-i get /healthz --as=rita
k "what a role allows" "conf" get configmaps --as=rita
k "what it does not" '!Error from server \(Forbidden\): secrets is forbidden: User "rita" cannot list resource "secrets" in API group "" in the namespace "shop"' get secrets --as=rita
k "auth whoami, as somebody else" "Username +rita.*Groups +\[dev system:authenticated\]" auth whoami --as=rita --as-group=dev
k "create serviceaccount" "serviceaccount/robot created" create serviceaccount robot
k "create token" "^eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+" create token robot --duration=10m --audience=https://kubernetes.default.svc
k "create token for too short a time" "!may not specify a duration less than 10 minutes" create token robot --duration=9m
k "create role" "role.rbac.authorization.k8s.io/scaler created" create role scaler --verb=get,patch --resource=deployments.apps/scale --resource-name=cart
k "create rolebinding" "rolebinding.rbac.authorization.k8s.io/scaler created" create rolebinding scaler --role=scaler --serviceaccount=shop:robot
k "create clusterrole" "clusterrole.rbac.authorization.k8s.io/prober created" create clusterrole prober --verb=get --non-resource-url='/livez/*'
k "create an aggregated clusterrole" "clusterrole.rbac.authorization.k8s.io/sum created" create clusterrole sum --aggregation-rule=part-of=sum
k "label what it gathers" "prober labeled" label clusterrole prober part-of=sum
k "an aggregated clusterrole is filled" "condition met" wait clusterrole/sum --for=jsonpath='{.rules[0].nonResourceURLs[0]}'='/livez/*' --timeout=20s
k "create clusterrolebinding" "clusterrolebinding.rbac.authorization.k8s.io/prober created" create clusterrolebinding prober --clusterrole=sum --serviceaccount=shop:robot
k "describe role" "Resources +Non-Resource URLs +Resource Names +Verbs.*deployments.apps/scale +\[\] +\[cart\] +\[get patch\]" describe role scaler
k "describe rolebinding" "Role:.*Kind: +Role.*Name: +scaler.*ServiceAccount +robot +shop" describe rolebinding scaler
k "get clusterroles" "cluster-admin.*system:node" get clusterroles
k "create a role to write roles" "created" create role writer --verb=create --resource=roles.rbac.authorization.k8s.io
k "bind it" "created" create rolebinding writer --role=writer --user=walter
k "nobody hands out what they lack" '!attempting to grant RBAC permissions not currently held:.*\{APIGroups:\[""\], Resources:\["secrets"\], Verbs:\["get"\]\}' create role greedy --verb=get --resource=secrets --as=walter
token=$("$kubectl" create token robot)
n "a token of a service account says who one is" "system:serviceaccount:shop:robot.*credential-id +\[JTI=" auth whoami --token="$token"
n "and opens what is bound to it" "\"replicas\": ?[0-9]" get --raw /apis/apps/v1/namespaces/shop/deployments/cart/scale --token="$token"
n "a path too" "^ok" get --raw /livez/ping --token="$token"
n "and nothing else" '!User "system:serviceaccount:shop:robot" cannot list resource "pods"' get pods --token="$token"
n "a wrong token opens nothing" "!must be logged in to the server" get pods --token="${token}x"
n "a token for others opens nothing" "!must be logged in to the server" get pods --token="$("$kubectl" create token robot --audience=others)"
# kubectl asks for a name and a password where it knows none; the API server takes neither.
n "without one, health is all there is" "^ok" get --raw /readyz --username=x --password=y
n "without one, nothing else is there" '!User "system:anonymous" cannot get path "/api"' get --raw /api --username=x --password=y
k "delete serviceaccount" "deleted" delete serviceaccount robot
n "its token goes with it" "!must be logged in to the server" get pods --token="$token"
k "the bindings of an access test go" "deleted" delete clusterrole/prober clusterrole/sum clusterrolebinding/prober
