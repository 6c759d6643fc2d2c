#!/usr/bin/env bash
# The demo as the README starts it, and what it promises: the same bytes for the same seed with one worker and with two,
# and on the newest Node, other times for another seed, a page that asks nobody for anything.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
holdfast() { node "$root/dist/cli/main.js" "$@"; }
holdfast demo -o json --seed 1 --workers 1 --report "$place/page.html" >"$place/one.json"
holdfast demo -o json --seed 1 --workers 2 >"$place/two.json"
holdfast demo -o json --seed 2 --workers 2 >"$place/other.json"
npm exec --yes --package=node@latest -- node "$root/dist/cli/main.js" demo -o json --seed 1 >"$place/newest.json"
node -e '
  const fs = require("fs");
  const read = (name) => { const { elapsedSeconds, ...rest } = JSON.parse(fs.readFileSync(`${process.argv[1]}/${name}.json`, "utf8")); console.log(`${name}: ${elapsedSeconds} s`); return rest; };
  const [one, two, other, newest] = ["one", "two", "other", "newest"].map(read);
  if (JSON.stringify(one) !== JSON.stringify(two)) throw new Error("one worker and two say different things");
  if (JSON.stringify(one) !== JSON.stringify(newest)) throw new Error("another Node says different things");
  if (JSON.stringify(one.failures) === JSON.stringify(other.failures)) throw new Error("another seed gives the same times");
  const page = fs.readFileSync(`${process.argv[1]}/page.html`, "utf8");
  if (/<script|src=|href="http|@import|url\(/.test(page)) throw new Error("the page asks for something");
' "$place"
