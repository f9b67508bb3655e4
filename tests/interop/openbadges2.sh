#!/bin/sh
# Make the interpreter under which 1EdTech's `openbadges` 1.1.2 runs: `sh tests/interop/openbadges2.sh`.
# It wants versions of 2018, so it has an environment of its own; two of them are replaced by those that build today.
set -eu
cd "$(dirname "$0")/../.."
home=build/openbadges
[ -e "$home/.installed" ] && exit 0
.venv/bin/python -m venv --clear "$home"
"$home/bin/python" -m pip install --quiet openbadges==1.1.2
"$home/bin/python" -m pip install --quiet --no-deps pycryptodome==3.24.1 openbadges-bakery==2.0.0
: >"$home/.installed"
