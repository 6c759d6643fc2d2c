k "taint" "node/node-1 tainted" taint nodes node-1 special=true:NoSchedule
k "taint taken away" "node/node-1 untainted" taint nodes node-1 special:NoSchedule-
k "label node" "node/node-1 labeled" label node node-1 disk=fast
k "cordon" "node/node-2 cordoned" cordon node-2
k "cordoned" "node-2 +Ready,SchedulingDisabled" get node node-2
k "a budget that lets nobody go" "created" create pdb tight --selector=app=web --min-available=100%
check "drain held up by a budget" "!Cannot evict pod as it would violate the pod's disruption budget" bash -c "node=\$('$kubectl' get pods -l app=web -o 'jsonpath={.items[0].spec.nodeName}'); '$kubectl' drain \$node --ignore-daemonsets --pod-selector=app=web --timeout=7s; code=\$?; '$kubectl' uncordon \$node; exit \$code"
k "the budget goes" "deleted" delete pdb tight
k "drain" "node/node-2 drained" drain node-2 --ignore-daemonsets --force --delete-emptydir-data --timeout=55s
k "drained" "No resources found|NAME" get pods --field-selector=spec.nodeName=node-2
k "uncordon" "node/node-2 uncordoned" uncordon node-2
k "get leases" "HOLDER.*node-1" get leases -n kube-node-lease
