#!/usr/bin/env bash
# Puts a lab through what people do with kubectl, with a real kubectl. Usage: test/kubectl/run.sh, after `npm run build`.
# Takes HOLDFAST_KUBECTL, or a kubectl on PATH, if it is of the version that the lab models; passes over the rest otherwise.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
wanted=v1.34
kubectl=${HOLDFAST_KUBECTL:-$(command -v kubectl || true)}
if [ -z "$kubectl" ]; then
  echo "skipped: no kubectl on PATH and none in HOLDFAST_KUBECTL (test/kubectl/build.sh makes one)"
  exit 0
fi
version=$("$kubectl" version --client 2>/dev/null | sed -n 's/^Client Version: //p')
case "$version" in
"$wanted".*) ;;
*)
  echo "skipped: $kubectl is $version, and the lab models $wanted"
  exit 0
  ;;
esac

work=$(mktemp -d)
export HOME=$work XDG_RUNTIME_DIR=$work KUBECONFIG=$work/kubeconfig KUBECTL_KUBERC=false
mkdir "$work/bin"
printf '#!/bin/sh\nexec node "%s/dist/cli/main.js" "$@"\n' "$root" >"$work/bin/holdfast"
chmod +x "$work/bin/holdfast"
PATH=$work/bin:$PATH
holdfast lab up --nodes 4 --zones 2 --port 0 --kubeconfig "$KUBECONFIG" >"$work/lab.log" 2>&1 &
lab=$!
trap 'kill "$lab" 2>/dev/null; wait "$lab" 2>/dev/null; rm -rf "$work"' EXIT
for _ in $(seq 100); do
  [ -e "$KUBECONFIG" ] && break
  kill -0 "$lab" 2>/dev/null || { cat "$work/lab.log"; exit 1; }
  sleep 0.1
done

passed=0
failed=0
# Seconds that a command may take.
patience=90
# check WHAT PATTERN COMMAND…: the command ends with 0 and prints something that the pattern (an extended one, over all lines) finds.
# A pattern that begins with "!" is for commands that must fail.
check() {
  local what=$1 pattern=$2 code output
  shift 2
  local took=$SECONDS
  output=$(timeout "$patience" "$@" 2>&1 </dev/null)
  code=$?
  took=$((SECONDS - took))
  local good=1
  if [ "${pattern#!}" != "$pattern" ]; then
    [ $code -ne 0 ] && grep -zqE -- "${pattern#!}" <<<"$output" && good=0
  else
    [ $code -eq 0 ] && grep -zqE -- "$pattern" <<<"$output" && good=0
  fi
  if [ $good -eq 0 ]; then
    passed=$((passed + 1))
    echo "ok      $what (${took}s)"
  else
    failed=$((failed + 1))
    printf 'FAILED  %s\n        %s\n        wanted: %s\n        code %s, got:\n%s\n' "$what" "$*" "$pattern" "$code" "$output"
  fi
}
k() { check "$1" "$2" "$kubectl" "${@:3}"; }

for part in "$here"/cases/*.sh; do
  echo "--- $(basename "$part" .sh)"
  # shellcheck source=/dev/null
  . "$part"
done

kill -INT "$lab"
wait "$lab"
check "the lab ends with 0 when asked to stop" "^0" echo "$?"
check "the lab takes its kubeconfig away" "!" test -e "$KUBECONFIG"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
