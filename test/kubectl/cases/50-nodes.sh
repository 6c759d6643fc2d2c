k "taint" "node/node-1 tainted" taint nodes node-1 special=true:NoSchedule
k "taint taken away" "node/node-1 untainted" taint nodes node-1 special:NoSchedule-
k "label node" "node/node-1 labeled" label node node-1 disk=fast
k "cordon" "node/node-2 cordoned" cordon node-2
k "cordoned" "node-2 +Ready,SchedulingDisabled" get node node-2
k "drain" "node/node-2 drained" drain node-2 --ignore-daemonsets --force --delete-emptydir-data --timeout=55s
k "drained" "No resources found|NAME" get pods --field-selector=spec.nodeName=node-2
k "uncordon" "node/node-2 uncordoned" uncordon node-2
k "get leases" "HOLDER.*node-1" get leases -n kube-node-lease
check "fail a node" "Node node-3 fails: power-off" holdfast lab fail node-3 --how power-off
check "a failed node's lease grows old" "node-3" "$kubectl" get lease node-3 -n kube-node-lease
check "heal a node" "Node node-3 is healed" holdfast lab heal node-3
check "fail what there is not" "!its nodes are node-1, node-2, node-3, node-4" holdfast lab fail node-9
