#!/usr/bin/env bash
# Prints the path of a real kubectl of the version that the lab models. Built once from its Go modules into the user's cache,
# keyed by version; HOLDFAST_KUBECTL names a ready-made one instead.
set -euo pipefail
version=1.34.4
if [ -n "${HOLDFAST_KUBECTL:-}" ]; then echo "$HOLDFAST_KUBECTL"; exit 0; fi
cache=${XDG_CACHE_HOME:-$HOME/.cache}/holdfast/kubernetes-$version
if [ -x "$cache/kubectl" ]; then echo "$cache/kubectl"; exit 0; fi
command -v go >/dev/null || { echo "kubectl $version is built with Go, which is not on this machine" >&2; exit 3; }
source=$(mktemp -d)
trap 'chmod -R u+w "$source"; rm -rf "$source"' EXIT
cd "$source"
# The main module names the modules that were published with it as v0.0.0; here they get the versions that belong with it.
go mod init holdfast.dev/kubectl >/dev/null 2>&1
modfile=$(go mod download -json "k8s.io/kubernetes@v$version" | sed -n 's/.*"GoMod": "\(.*\)".*/\1/p')
{
  echo "module holdfast.dev/kubectl"
  echo "go 1.24.0"
  echo "require k8s.io/kubernetes v$version"
  echo "replace ("
  grep -E '^\s+k8s.io/[a-z-]+ v0\.0\.0$' "$modfile" | awk -v s="v0.${version#1.}" '{print "\t"$1" => "$1" "s}' | sort -u
  echo ")"
} >go.mod
printf '//go:build tools\npackage kubectl\nimport _ "k8s.io/kubernetes/cmd/kubectl"\n' >tools.go
go mod tidy >/dev/null 2>&1
mkdir -p "$cache"
package=k8s.io/component-base/version
go build -trimpath -ldflags "-s -w -X $package.gitVersion=v$version -X $package.gitMajor=1 -X $package.gitMinor=34" \
  -o "$cache/kubectl.new" k8s.io/kubernetes/cmd/kubectl >&2
mv "$cache/kubectl.new" "$cache/kubectl"
echo "$cache/kubectl"
