# 10 MB of definitions in one file, which kubectl applies object by object: both ways, and each is served afterwards.
patience=300
node "$here/large-definitions.mjs" 60 >"$work/large.yaml"
check "as large as that" "^1[0-9]{7}" stat -c %s "$work/large.yaml"
k "apply 10 MB of definitions" "larges0.large.example.com created.*larges59.large.example.com created" apply -f "$work/large.yaml"
k "apply them on the server" "larges0.large.example.com serverside-applied.*larges59.large.example.com serverside-applied" apply --server-side --force-conflicts -f "$work/large.yaml"
k "wait until the last is served" "condition met" wait crd/larges59.large.example.com --for=condition=Established --timeout=50s
k "apply an object of the last" "large59.large.example.com/one created" apply -f <(printf 'apiVersion: large.example.com/v1\nkind: Large59\nmetadata: { name: one }\nspec: { field7: { name: a } }\n')
k "its defaults" "^7" get large59 one -o 'jsonpath={.spec.field7.size}'
k "explain it" "FIELD: size <integer>" explain large59.spec.field7.size
k "delete 10 MB of definitions" "larges59.large.example.com\" deleted" delete -f "$work/large.yaml" --timeout=200s
patience=90
