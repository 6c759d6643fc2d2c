# A real minute each: the control plane's patience, and a machine's boot.
check "fail a node" "Node node-3 fails: power-off" holdfast lab fail node-3 --how power-off
k "the control plane notices" "condition met" wait --for=condition=Ready=Unknown node/node-3 --timeout=80s
k "a node that does not answer" "node-3 +NotReady" get node node-3
k "its taints" "node.kubernetes.io/unreachable:NoExecute" describe node node-3
check "heal a node" "Node node-3 is healed" holdfast lab heal node-3
k "the node comes back" "condition met" wait --for=condition=Ready node/node-3 --timeout=80s
check "fail what there is not" "!its nodes are node-1, node-2, node-3, node-4" holdfast lab fail node-9
check "fail in a way that there is not" "!Allowed choices are power-off" holdfast lab fail node-1 --how sulk
check "no lab" "!No lab is running" env XDG_RUNTIME_DIR="$work/nowhere" holdfast lab heal node-1
check "no lab at an address" "!No lab of this user answers at https://127.0.0.1:1; there is https://" holdfast lab heal node-1 --lab https://127.0.0.1:1
check "somebody's own kubeconfig is not replaced" "!was not written by a lab" holdfast lab up --kubeconfig "$here/shop.yaml"
