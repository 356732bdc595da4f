#!/bin/sh
# Installs what a target of the Makefile needs and is not there yet. Says what it does; does nothing twice.
#   scripts/setup.sh build|postgresql|python|deny …
set -eu
cd "$(dirname "$0")/.."

CARGO_DENY_VERSION=0.20.2

say() { echo "setup: $*"; }

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        echo "setup: needs root to run: $*" >&2
        exit 1
    fi
}

apt_updated=no
install() {
    say "installing Debian packages: $*"
    if [ "$apt_updated" = no ]; then
        as_root apt-get update -qq
        apt_updated=yes
    fi
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

build() {
    command -v cargo >/dev/null || { echo "setup: Rust is missing: see https://rustup.rs" >&2; exit 1; }
    # SQLite is compiled from source.
    command -v cc >/dev/null || install gcc libc6-dev
}

postgresql() {
    # The server's programs alone: tests start a cluster of their own.
    if ! command -v initdb >/dev/null && ! ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; then
        install postgresql
    fi
}

python() {
    command -v python3 >/dev/null || install python3
    wanted=$(cat scripts/python-requirements.txt)
    if [ ! -x .venv/bin/python ] || [ "$(cat .venv/installed 2>/dev/null)" != "$wanted" ]; then
        say "installing Python judges into .venv: $(grep -v '^#' scripts/python-requirements.txt | sed 's/ *#.*//' | tr '\n' ' ')"
        rm -rf .venv
        if ! python3 -m venv .venv >/dev/null 2>&1; then
            rm -rf .venv
            install python3-venv
            python3 -m venv .venv
        fi
        .venv/bin/python -m pip install --quiet --disable-pip-version-check -r scripts/python-requirements.txt
        printf '%s\n' "$wanted" > .venv/installed
    fi
}

deny() {
    if ! command -v cargo-deny >/dev/null && [ ! -x target/tools/bin/cargo-deny ]; then
        say "building cargo-deny $CARGO_DENY_VERSION into target/tools (some minutes, once)"
        CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_OPT_LEVEL=1 CARGO_TARGET_DIR=target/tools/build \
            cargo install --quiet --locked --root target/tools --version "$CARGO_DENY_VERSION" cargo-deny
        rm -rf target/tools/build
    fi
}

for part in "$@"; do
    "$part"
done
