k "version" "Server Version: v1\.34\.4" version
k "api-versions" "apps/v1.*storage.k8s.io/v1.*v1" api-versions
k "api-resources" "deployments +deploy +apps/v1 +true +Deployment" api-resources
k "api-resources of a group, by name" "deployments\.apps" api-resources --api-group=apps -o name --sort-by=name --verbs=list --namespaced=true
k "cluster-info" "control plane.*is running at.*https://127\.0\.0\.1" cluster-info
k "readyz" "readyz check passed" get --raw "/readyz?verbose"
k "auth whoami" "holdfast-admin" auth whoami
k "auth can-i" "yes" auth can-i delete nodes
k "explain" "KIND: +Deployment.*FIELDS:.*spec" explain deployment
k "explain a field" "FIELD: replicas <integer>" explain deployment.spec.replicas
k "explain recursively" "containerPort" explain deployment --recursive
k "explain what there is not" "!couldn't find resource|the server doesn't have a resource type" explain widgets
