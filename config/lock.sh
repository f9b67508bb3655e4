#!/bin/sh
# Choose the versions of all packages again and lock them by hash: `make lock`. Needs uv, nothing else does.
# The widest list comes first and holds the others to its choices: one environment serves them all.
set -eu
cd "$(dirname "$0")/.."

lock() {
    name=$1
    shift
    uv pip compile pyproject.toml "$@" --output-file "requirements/$name.txt" --quiet \
        --universal --python-version 3.11 --prerelease if-necessary-or-explicit --generate-hashes \
        --annotation-style line --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"
}

lock dev --extra embedded --group dev
lock demo --extra embedded --constraint requirements/dev.txt
lock production --constraint requirements/dev.txt
