#!/usr/bin/env bash
# The kubectl cases with a kubectl of exactly the version that the lab models, built where there is none.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
HOLDFAST_KUBECTL=$(bash "$here/build.sh")
export HOLDFAST_KUBECTL
exec bash "$here/run.sh"
