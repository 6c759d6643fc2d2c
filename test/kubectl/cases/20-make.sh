k "create namespace" "namespace/shop created" create namespace shop
k "config set-context" "modified" config set-context --current --namespace=shop
k "apply, dry run on the client" "cart created \(dry run\)" apply -f "$here/shop.yaml" --dry-run=client
k "apply, dry run on the server" "cart created \(server dry run\)" apply -f "$here/shop.yaml" --dry-run=server
k "apply" "deployment.apps/cart created.*budget.policy/cart created.*configmap/cart created" apply -f "$here/shop.yaml"
k "apply again" "deployment.apps/cart unchanged" apply -f "$here/shop.yaml"
k "diff of what is the same" "" diff -f "$here/shop.yaml"
k "wait for a condition" "deployment.apps/cart condition met" wait --for=condition=Available deployment/cart --timeout=50s
k "rollout status" "successfully rolled out" rollout status deployment/cart --timeout=50s
k "wait for a field" "condition met" wait --for=jsonpath='{.status.readyReplicas}'=3 deployment/cart --timeout=50s
k "create deployment" "deployment.apps/web created" create deployment web --image=nginx:1.27 --replicas=2
k "create configmap" "configmap/conf created" create configmap conf --from-literal=a=1
k "create secret" "secret/pass created" create secret generic pass --from-literal=key=value
k "create quota" "resourcequota/quota created" create quota quota --hard=pods=50
k "create cronjob" "cronjob.batch/tick created" create cronjob tick --image=busybox --schedule="0 0 1 1 *" -- true
k "create job from it" "job.batch/tock created" create job tock --from=cronjob/tick
k "run" "pod/solo created" run solo --image=nginx:1.27
k "expose" "service/cart exposed" expose deployment cart --port=80 --target-port=http
k "autoscale" "autoscaled" autoscale deployment web --min=1 --max=4 --cpu=80%
k "apply on the server" "serverside-applied" apply --server-side -f "$here/shop.yaml" --force-conflicts
k "apply on the server again" "serverside-applied" apply --server-side -f "$here/shop.yaml"
k "a conflict between managers" "!Apply failed with 1 conflict.*\.data\.colour" apply --server-side --field-manager=painter -f "$here/blue.yaml"
k "create what is there" "!already exists" create configmap conf
k "create what is wrong" "!is invalid|unknown field" create -f "$here/wrong.yaml"
