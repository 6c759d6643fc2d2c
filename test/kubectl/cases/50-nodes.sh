k "taint" "node/node-1 tainted" taint nodes node-1 special=true:NoSchedule
k "taint taken away" "node/node-1 untainted" taint nodes node-1 special:NoSchedule-
k "label node" "node/node-1 labeled" label node node-1 disk=fast
k "cordon" "node/node-2 cordoned" cordon node-2
k "cordoned" "node-2 +Ready,SchedulingDisabled" get node node-2
k "drain" "node/node-2 drained" drain node-2 --ignore-daemonsets --force --delete-emptydir-data --timeout=55s
k "drained" "No resources found|NAME" get pods --field-selector=spec.nodeName=node-2
k "uncordon" "node/node-2 uncordoned" uncordon node-2
k "get leases" "HOLDER.*node-1" get leases -n kube-node-lease
