#!/usr/bin/env bash
# Installs Debian's packages that a test bed is made of, and those named beside: prepare.sh [PACKAGE…]. Go builds the rest
# (test/programs/).
set -euo pipefail
packages=(containerd runc containernetworking-plugins iproute2 iptables conntrack gcc libc6-dev procps util-linux tar "$@")
missing=()
for package in "${packages[@]}"; do dpkg -s "$package" >/dev/null 2>&1 || missing+=("$package"); done
[ "${#missing[@]}" -eq 0 ] && exit 0
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
