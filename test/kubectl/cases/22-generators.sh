k "create namespace for the generators" "created" create namespace make
make() { k "create $1" "$2" create -n make "${@:3}"; }
make "clusterrole" "clusterrole.rbac.authorization.k8s.io/look created" clusterrole look --verb=get,list --resource=pods,pods/log
make "clusterrole of paths" "created" clusterrole health --verb=get --non-resource-url='/healthz*'
make "clusterrole of others" "created" clusterrole all --aggregation-rule=example.com/part=all
make "clusterrolebinding" "created" clusterrolebinding look --clusterrole=look --serviceaccount=make:robot --group=lookers
make "configmap from files" "configmap/files created" configmap files --from-file="$here/blue.yaml" --from-file=named="$here/shop.yaml"
make "cronjob" "created" cronjob nightly --image=busybox --schedule=@daily -- true
make "deployment" "created" deployment web --image=nginx:1.27 --replicas=2 --port=80
make "ingress" "created" ingress door --class=plain --rule='shop.example.com/cart*=web:80,tls=pair' --default-backend=web:80
make "job" "created" job once --image=busybox -- true
make "pdb" "created" pdb web --selector=app=web --min-available=1
make "priorityclass" "created" priorityclass first --value=10 --preemption-policy=Never --description=before
make "quota" "created" quota limits --hard=pods=50,services=20
make "role" "created" role look --verb=get --resource=pods --resource=deployments.apps
make "rolebinding" "created" rolebinding look --role=look --user=jane
make "secret docker-registry" "created" secret docker-registry pull --docker-server=r.example.com --docker-username=a --docker-password=b
make "secret generic" "created" secret generic plain --from-literal=a=b --type=example.com/plain
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$work/tls.key" -out "$work/tls.crt" -days 2 -subj /CN=shop 2>/dev/null
make "secret tls" "created" secret tls pair --cert="$work/tls.crt" --key="$work/tls.key"
make "service clusterip" "created" service clusterip inside --tcp=80:8080
make "service clusterip without an address" "created" service clusterip bare --clusterip=None
make "service externalname" "created" service externalname away --external-name=example.com
make "service loadbalancer" "created" service loadbalancer balanced --tcp=80:8080
make "service nodeport" "created" service nodeport outside --tcp=80:8080 --node-port=30080
make "serviceaccount" "created" serviceaccount robot
make "token" "^ey[A-Za-z0-9_-]+\.ey[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+" token robot --duration=20m --audience=https://kubernetes.default.svc
make "token for an object" "^ey" token robot --bound-object-kind=Secret --bound-object-name=plain
k "create from what is piped" "configmap/piped created" create -n make -f <(printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: piped }\n')
k "what was made as asked" "^30080 Never 50" get -n make service/outside priorityclass/first quota/limits -o 'jsonpath={.items[0].spec.ports[0].nodePort} {.items[1].preemptionPolicy} {.items[2].spec.hard.pods}'
k "run with a service" "service/solo created.*pod/solo created" run solo -n make --image=nginx:1.27 --port=80 --expose --labels=app=solo --env=MODE=fast
k "run once" "created" run once -n make --image=busybox --restart=Never --command -- sh -c 'exit 3'
k "run with an override" "created" run brief -n make --image=nginx:1.27 --overrides='{"spec":{"terminationGracePeriodSeconds":1}}'
k "run on trial" "^solo-too:Pending" run solo-too -n make --image=nginx:1.27 --dry-run=server -o 'jsonpath={.metadata.name}:{.status.phase}'
k "run that ends badly" "condition met" wait -n make pod/once --for=jsonpath='{.status.containerStatuses[0].state.terminated.exitCode}'=3 --timeout=50s
k "wait for a job's end" "job.batch/once condition met" wait -n make job/once --for=condition=complete --timeout=50s
k "expose a pod" "service/solo-np exposed" expose pod solo -n make --name=solo-np --type=NodePort
k "expose from a file, on trial" "stall exposed \(dry run\)" expose -f "$here/kustomize/widgets.yaml" --port=80 --dry-run=client
k "expose a service" "service/outside-too exposed" expose service outside -n make --name=outside-too --port=81
k "expose a ReplicaSet" "exposed" expose "$("$kubectl" get rs -n make -l app=web -o name)" -n make --name=web-rs --port=80
k "autoscale on memory" "autoscaled" autoscale deployment web -n make --min=2 --max=4 --cpu=500m --memory=1Gi
k "can a robot look" "^yes" auth can-i get pods --as=system:serviceaccount:make:robot
k "can a robot delete" "!^no" auth can-i delete pods --as=system:serviceaccount:make:robot
k "what a robot may do" "pods/log +\[\] +\[\] +\[get list\]" auth can-i --list --as=system:serviceaccount:make:robot
k "what jane may do" "deployments.apps +\[\] +\[\] +\[get\]" auth can-i --list -n make --as=jane
k "a robot is refused" '!pods "solo" is forbidden: User "system:serviceaccount:make:robot" cannot delete resource "pods" in API group "" in the namespace "make"' delete pod solo -n make --as=system:serviceaccount:make:robot
k "auth reconcile" "clusterrole.rbac.authorization.k8s.io/look reconciled" auth reconcile -f <("$kubectl" get clusterrole look -o yaml)
