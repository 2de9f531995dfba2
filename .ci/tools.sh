#!/usr/bin/env bash
# Installs the build tools of the dashboard into .tools/, if they are missing or have another
# version. Prints nothing if everything is up to date.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/.tools/bin:$PATH"

TRUNK=0.21.14
WASM_SPLIT=0.2.4
# The command-line tool must have exactly the version of the crate.
WASM_BINDGEN=$(sed -n 's/^wasm-bindgen = "=\(.*\)"$/\1/p' Cargo.toml)
TARGET=wasm32-unknown-unknown

require() {
  if ! command -v "$1" >/dev/null; then
    echo "$1 is missing: $2" >&2
    exit 1
  fi
}

# cargo_install CRATE VERSION MINUTES [OPTION…]
# Unoptimized, because the tools run for seconds, but optimizing them takes minutes. Uses a
# separate target directory, which is deleted after the installation.
cargo_install() {
  local crate=$1 version=$2 minutes=$3
  shift 3
  echo "==> Installing $crate $version into .tools/: about $minutes on two cores"
  CARGO_PROFILE_DEV_DEBUG=0 cargo install "$crate" --version "$version" --locked --debug \
    --root .tools --target-dir .tools/build --force "$@"
  rm -rf .tools/build
}

has_version() {
  local version
  read -r _ version _ < <("$1" --version 2>/dev/null) && [[ "$version" == "$2" ]]
}

require cargo "install Rust from https://rustup.rs"
require npm "install Node.js 20 or newer, which brings npm"
require cc "install a C compiler (Debian: apt install build-essential; macOS: xcode-select --install)"
[[ -n "$WASM_BINDGEN" ]] || { echo "Cargo.toml pins no wasm-bindgen" >&2; exit 1; }

if [[ ! -d "$(rustc --print sysroot)/lib/rustlib/$TARGET" ]]; then
  require rustup "install Rust from https://rustup.rs, or the $TARGET target by other means"
  echo "==> Adding the $TARGET target to the Rust toolchain: a few seconds"
  rustup target add "$TARGET"
fi
has_version trunk "$TRUNK" || cargo_install trunk "$TRUNK" "3 minutes" --no-default-features
if [[ ! -x .tools/bin/wasm-split-cli ]] || ! grep -qs "^\"wasm_split_cli_support $WASM_SPLIT " .tools/.crates.toml; then
  # With -O1, it reads the 80 MB of a debug build in 1 s instead of 11.
  CARGO_PROFILE_DEV_OPT_LEVEL=1 \
    cargo_install wasm_split_cli_support "$WASM_SPLIT" "1 minute" --features build-binary
fi
has_version wasm-bindgen "$WASM_BINDGEN" || cargo_install wasm-bindgen-cli "$WASM_BINDGEN" "1 minute"
