#!/bin/sh
# Everything a fresh clone needs, done once and never twice: `sh config/setup.sh demo` or `sh config/setup.sh dev`.
#
# What is installed is remembered by the checksum of its lock file, so a second call takes a fraction of a second.
# Nothing is written outside this folder, except Debian packages where the user is root. pip and npm keep the
# configuration that this machine gives them: a mirror or a proxy needs nothing more than usual.
set -eu
cd "$(dirname "$0")/.."

say() { printf '%s\n' "$*" >&2; }
stop() { say "$@"; exit 1; }
is_debian_root() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; }

debian_install() {
    # The lists may be empty (a fresh image) or stale: refresh them only when the first try fails.
    DEBIAN_FRONTEND=noninteractive; export DEBIAN_FRONTEND
    apt-get install -qq -y --no-install-recommends "$@" >/dev/null 2>&1 ||
        { apt-get update -qq && apt-get install -qq -y --no-install-recommends "$@"; } >/dev/null 2>&1
}

find_python() {
    for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11}; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
            printf '%s' "$candidate"
            return
        fi
    done
    stop "Acquis needs Python 3.11 or later. On Debian: apt-get install python3 python3-venv." \
        "Elsewhere, name it: make demo PYTHON=/path/to/python3.12"
}

virtual_environment() {
    if .venv/bin/python -c '' 2>/dev/null; then return; fi
    python=$(find_python)
    say "Creating .venv with $("$python" --version)"
    # Debian keeps ensurepip in python3-venv. Without it, the pip of the system can serve the environment from outside.
    if ! "$python" -c 'import ensurepip' 2>/dev/null && ! "$python" -m pip --version >/dev/null 2>&1; then
        if is_debian_root; then debian_install python3-venv || true; fi
        "$python" -c 'import ensurepip' 2>/dev/null ||
            stop "Python has neither venv nor pip here. Type: sudo apt-get install python3-venv   and try again."
    fi
    if "$python" -c 'import ensurepip' 2>/dev/null; then
        "$python" -m venv --clear .venv
    else
        "$python" -m venv --clear --without-pip .venv
    fi
}

pip_install() {
    if .venv/bin/python -c 'import pip' 2>/dev/null; then
        set -- .venv/bin/python -m pip install "$@"
    else
        set -- "$(find_python)" -m pip --python .venv/bin/python install "$@"
    fi
    # PIP_USER would send the packages to the home folder, where the environment does not look.
    PIP_USER=0 PIP_DISABLE_PIP_VERSION_CHECK=1 "$@"
}

packages() {
    seal="$(cksum <"requirements/$1.txt") $(.venv/bin/python -c 'import sys; print(*sys.version_info[:2])')"
    stamp=".venv/.installed-$1"
    if [ "$(cat "$stamp" 2>/dev/null)" = "$seal" ]; then return; fi
    say "Installing $(grep -c '==' "requirements/$1.txt") packages, locked by hash (once; a minute or two)"
    # Wheels only: no compiler is needed and no package runs code of its own while it is installed.
    pip_install --quiet --require-hashes --no-deps --only-binary :all: --requirement "requirements/$1.txt" ||
        stop "pip could not install requirements/$1.txt; its own message is above. Nothing is lost: try again."
    printf '%s' "$seal" >"$stamp"
}

libraries() {
    # WeasyPrint draws PDF pages with these; everything else works without them.
    known=$(/sbin/ldconfig -p 2>/dev/null) || return 0
    missing=
    for pair in libpango-1.0.so.0=libpango-1.0-0 libpangoft2-1.0.so.0=libpangoft2-1.0-0 \
        libharfbuzz-subset.so.0=libharfbuzz-subset0; do
        case $known in *"${pair%%=*}"*) ;; *) missing="$missing ${pair#*=}" ;; esac
    done
    if [ -z "$missing" ]; then return; fi
    if is_debian_root; then
        say "Installing Debian's$missing"
        # shellcheck disable=SC2086 # a list of words, on purpose
        if debian_install $missing; then return; fi
    fi
    say "PDF pages need system libraries that are not here; all the rest works. On Debian, type:" \
        "sudo apt-get install$missing"
}

pooler() {
    # PgBouncer, for the test that many clients of two organisations share few connections (tests/flows/test_pgbouncer.py).
    if command -v pgbouncer >/dev/null || ! is_debian_root; then return 0; fi
    say "Installing Debian's pgbouncer, for tests"
    debian_install pgbouncer || say "pgbouncer could not be installed: the test that needs it will say so."
}

browser() {
    # Chromium, for the tests that look at pages as people do (tests/browser, tests/flows/test_proof_without_us.py).
    if command -v chromium >/dev/null || command -v chromium-browser >/dev/null || ! is_debian_root; then return 0; fi
    say "Installing Debian's chromium, for tests"
    debian_install chromium && return 0
    [ -z "${CI:-}" ] || stop "chromium could not be installed."
    say "Chromium could not be installed: the tests that need it will say so."
}

catalogues() {
    for source in locale/*/LC_MESSAGES/*.po; do
        compiled="${source%.po}.mo"
        if [ -e "$source" ] && { [ ! -e "$compiled" ] || [ "$source" -nt "$compiled" ]; }; then
            .venv/bin/python config/catalogues.py
            return
        fi
    done
}

node_packages() {
    # Verifiers and a chain written by others, the Solidity compiler: for tests only, and only where npm is.
    command -v npm >/dev/null || return 0
    for folder in tests/interop tests/anvil tests/browser blockchain/contracts; do
        lock="$folder/package-lock.json"
        stamp="$folder/node_modules/.installed"
        if [ ! -e "$lock" ] || [ "$(cat "$stamp" 2>/dev/null)" = "$(cksum <"$lock")" ]; then continue; fi
        say "Installing the npm packages of $folder (once)"
        if (cd "$folder" && npm ci --ignore-scripts --no-audit --no-fund --silent); then
            cksum <"$lock" >"$stamp"
        elif [ -n "${CI:-}" ]; then
            stop "npm could not install $folder."
        else
            say "npm could not install $folder: the tests that need it will say so."
        fi
    done
}

# Two `make` at once wait for each other; without flock, nobody waits.
exec 9<config/setup.sh
if command -v flock >/dev/null; then flock 9; fi

case "${1:-}" in
demo | dev) ;;
*) stop "usage: sh config/setup.sh demo|dev" ;;
esac
virtual_environment
# Whoever has the packages of dev has those of demo too, in the same versions (tests/test_house.py).
if [ "$1" = dev ] || [ ! -e .venv/.installed-dev ]; then packages "$1"; else packages dev; fi
libraries
catalogues
if [ "$1" = dev ]; then
    node_packages
    pooler
    browser
fi
