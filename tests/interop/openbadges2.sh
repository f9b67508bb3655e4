#!/bin/sh
# Make the interpreter under which 1EdTech's `openbadges` 1.1.2 runs: `sh tests/interop/openbadges2.sh`.
# It wants versions of 2018, so it has an environment of its own; two of them are replaced by those that build today.
set -eu
cd "$(dirname "$0")/../.."
home=build/openbadges
seal=$(cksum <tests/interop/openbadges2.sh)
[ "$(cat "$home/.installed" 2>/dev/null)" = "$seal" ] && exit 0
if ! .venv/bin/python -c 'import imp' 2>/dev/null; then
    echo "openbadges 1.1.2 needs Python 3.11: it imports \`imp\`, which later versions do not have. Its tests are skipped." >&2
    exit 0
fi
echo "Installing openbadges 1.1.2 (once)" >&2
.venv/bin/python -m venv --clear "$home"
if ! { "$home/bin/python" -m pip install --quiet openbadges==1.1.2 &&
    "$home/bin/python" -m pip install --quiet --no-deps pycryptodome==3.24.1 openbadges-bakery==2.0.0; }; then
    echo "pip could not install openbadges; its own message is above. Its tests are skipped." >&2
    rm -rf "$home"
    if [ -n "${CI:-}" ]; then exit 1; fi
    exit 0
fi
printf '%s' "$seal" >"$home/.installed"
