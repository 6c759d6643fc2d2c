k "create namespace for the kinds" "created" create namespace kinds
k "apply one of each kind" "created" apply -n kinds -f "$here/kinds.yaml"
d() { k "describe $1" "$2" describe -n kinds "$1"; }
k "wait for the StatefulSet" "condition met|roll out complete" rollout status -n kinds statefulset/db --timeout=80s
k "wait for the DaemonSet" "successfully rolled out" rollout status -n kinds daemonset/agent --timeout=50s
d statefulset/db "Replicas: +1 desired \| 1 total.*Pods Status: +1 Running.*Volume Claims:.*StorageClass: +block.*SuccessfulCreate"
d daemonset/agent "Desired Number of Nodes Scheduled: 4.*Number of Nodes Scheduled with Available Pods: 4.*SuccessfulCreate"
d pvc/data-db-0 "StorageClass: +block.*Status: +Bound.*Capacity: +1Gi.*Used By: +db-0.*ProvisioningSucceeded"
d storageclass/block "Provisioner: +block.csi.example.com.*ReclaimPolicy: +Delete"
d service/db "Type: +ClusterIP.*Endpoints: +10\.[0-9.]+:6379"
d ingress/door "shop.example.com.*/ +db:6379 \(10\.[0-9.]+:6379\)"
d networkpolicy/closed "Selected pods are isolated for ingress connectivity"
d limitrange/limits "Container +cpu +- +- +500m +500m"
d pod/db-0 "Controlled By: +StatefulSet/db.*Ready +True.*ClaimName: +data-db-0.*SuccessfulAttachVolume.*Pulled.*Created.*Started"
k "describe persistent volumes" "StorageClass: +block.*Status: +Bound.*Claim: +kinds/data-db-0.*Driver: +block.csi.example.com" describe pv
k "describe a ReplicaSet" "Controlled By: +Deployment/cart.*3 Running" describe rs -l app=cart
k "describe a job" "Completions: +1.*Pods Statuses: .* 1 Succeeded.*SuccessfulCreate.*Completed" describe job/once -n make
k "describe a cronjob" "Schedule: +@daily" describe cronjob/nightly -n make
k "describe an autoscaler" "Reference: +Deployment/web.*Min replicas: +2" describe hpa/web -n make
k "describe a budget" "Max unavailable: +1.*Allowed disruptions: +1" describe pdb/cart
k "describe a quota" "pods +[0-9]+ +50" describe quota/limits -n make
k "describe a configmap" "colour:.*red|colour:.*blue" describe configmap/cart
k "describe a role" "pods +\[\] +\[\] +\[get\]" describe role/look -n make
k "describe a rolebinding" "Kind: +Role.*User +jane" describe rolebinding/look -n make
k "describe a clusterrole" "/healthz\*" describe clusterrole/health
k "describe a service account" "Name: +robot" describe serviceaccount/robot -n make
k "describe endpoint slices" "AddressType: +IPv4.*TargetRef: +Pod/db-0" describe endpointslices -n kinds
k "describe a priority class" "Value: +10.*PreemptionPolicy: +Never" describe priorityclass/first
k "describe a lease" "Holder Identity: +node-1" describe lease/node-1 -n kube-node-lease
k "describe a definition" "Kind: +Widget.*Established" describe crd/widgets.shop.example.com
k "custom kinds: apply" "widget.shop.example.com/cog created" apply -n kinds -f "$here/widget.yaml"
k "custom kinds: apply again" "unchanged" apply -n kinds -f "$here/widget.yaml"
k "custom kinds: columns and short names" "NAME +SIZE.*cog +small" get wd -n kinds
k "custom kinds: among all" "widget.shop.example.com/cog" get widgets,all -n kinds
k "custom kinds: describe" "API Version: +shop.example.com/v1.*Spec:.*Count: +1.*Size: +small" describe widget/cog -n kinds
k "custom kinds: explain" "KIND: +Widget.*A thing that is sold.*spec.*<Object>" explain widgets
k "custom kinds: explain a field" "How much room it takes" explain widget.spec.size
k "custom kinds: explain recursively" "count.*<integer>" explain widgets --recursive
k "custom kinds: scale" "widget.shop.example.com/cog scaled" scale widget/cog -n kinds --replicas=3
k "custom kinds: patch" "patched" patch widget/cog -n kinds --type=merge -p '{"spec":{"size":"large"}}'
k "custom kinds: no strategic patch" "!the body of the request was in an unknown format" patch widget/cog -n kinds -p '{"spec":{"size":"large"}}'
k "custom kinds: what the schema refuses" '!spec.size: Unsupported value: "huge": supported values: "small", "large"' patch widget/cog -n kinds --type=merge -p '{"spec":{"size":"huge"}}'
k "custom kinds: apply on the server" "serverside-applied" apply -n kinds --server-side --force-conflicts -f "$here/widget.yaml"
k "custom kinds: wait" "condition met" wait widget/cog -n kinds --for=jsonpath='{.spec.size}'=small --timeout=20s
k "rollout history of a StatefulSet" "statefulset.apps/db.*REVISION.*1" rollout history -n kinds statefulset/db
k "rollout restart of a DaemonSet" "daemonset.apps/agent restarted" rollout restart -n kinds daemonset/agent
k "rollout status of a DaemonSet, at once" "Waiting for daemon set|successfully rolled out" rollout status -n kinds daemonset/agent --watch=false
k "rollout undo of a DaemonSet" "daemonset.apps/agent rolled back" rollout undo -n kinds daemonset/agent
k "scale a StatefulSet" "statefulset.apps/db scaled" scale -n kinds statefulset/db --replicas=2 --timeout=60s
k "wait for its second" "condition met" wait -n kinds statefulset/db --for=jsonpath='{.status.readyReplicas}'=2 --timeout=80s
k "custom kinds: delete the definition" "deleted" delete crd widgets.shop.example.com --timeout=50s
k "custom kinds: gone with it" "!could not find the requested resource|the server doesn't have a resource type" get widgets -n kinds
k "delete the kinds" "deleted" delete namespace kinds make --timeout=110s
k "delete the class and the roles" "deleted" delete sc/block clusterrole/look clusterrole/health clusterrole/all clusterrolebinding/look priorityclass/first
