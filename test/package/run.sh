#!/usr/bin/env bash
# The packed tarball works where the project is not: installed into an empty folder, outside of the sources.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
tarball=$(cd "$root" && npm pack --silent --ignore-scripts --pack-destination "$place")
cd "$place"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund "./$tarball"
for program in holdfast kubectl-holdfast; do
  "./node_modules/.bin/$program" --version
done
for shell in bash zsh fish; do
  ./node_modules/.bin/holdfast completion "$shell" >"completion.$shell"
  grep -q demo "completion.$shell"
done
bash -n completion.bash
./node_modules/.bin/holdfast demo --seed 3 -o json >story.json
node -e '
  const story = JSON.parse(require("fs").readFileSync("story.json", "utf8"));
  if (story.failures.length < 8) throw new Error(`only ${story.failures.length} failures`);
'
node -e 'import("holdfast").then((m) => { if (Object.keys(m).length === 0) throw new Error("no public names"); })'
echo "the packed tarball works"
