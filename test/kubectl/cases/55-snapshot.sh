check "save the lab" "objects of [0-9]+ kinds saved" holdfast lab snapshot "$work/shop.json.gz"
holdfast lab up --snapshot "$work/shop.json.gz" --kubeconfig "$work/second" >"$work/second.log" 2>&1 &
second=$!
for _ in $(seq 100); do [ -e "$work/second" ] && break; sleep 0.1; done
k "a lab from a snapshot has as many nodes" "node-4 +Ready" get nodes --kubeconfig "$work/second"
k "what people had made" "condition met" wait --for=condition=Available deployment/cart -n shop --timeout=50s --kubeconfig "$work/second"
k "what is cordoned and labelled" "fast" get node node-1 -L disk --kubeconfig "$work/second"
k "no values of secrets" '""' get secret pass -n shop -o 'jsonpath="{.data.key}"' --kubeconfig "$work/second"
check "the lab started last is meant" "Node node-1 fails" holdfast lab fail node-1 --how kubelet-hang
check "another lab is meant by its kubeconfig" "Node node-1 is healed" holdfast lab heal node-1 --kubeconfig "$work/kubeconfig"
kill -TERM "$second"
wait "$second"
check "it ends with 0 too" "^0" echo "$?"
