#!/usr/bin/env bash
# Makes the base images that the Dockerfiles and docker-compose.yml name, on a machine that cannot pull them: those that are
# named, of debian:bookworm-slim, rust:1-bookworm, node:20-bookworm-slim and postgres:17, or all.
#
# Each is built from Debian's own packages and this machine's toolchains, holds no more than the original does (so that
# a Dockerfile that forgets to install something still fails here), and carries the label pagespace.stand-in.
# What is already there is kept. As root, with dockerd running. Usage: base_images.sh [--no-pull] [IMAGE...]
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
pull=yes
if [ "${1:-}" = --no-pull ]; then
  pull=no
  shift
fi
[ $# -gt 0 ] || set -- debian:bookworm-slim rust:1-bookworm node:20-bookworm-slim postgres:17
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

say() { echo "base images: $*"; }
have() { docker image inspect "$1" >/dev/null 2>&1; }
obtain() { # image, function that makes it
  if have "$1"; then return; fi
  if [ "$pull" = yes ] && timeout 60 docker pull --quiet "$1" >/dev/null 2>&1; then say "pulled $1"; return; fi
  pull=no # one failure speaks for the registry
  say "making $1"
  rm -rf "$work/ctx" && mkdir "$work/ctx"
  "$2"
}
build() { docker build --quiet --label pagespace.stand-in=true --tag "$1" "$work/ctx" >/dev/null; }

make_debian() {
  command -v mmdebstrap >/dev/null || { apt-get update -qq && apt-get install -y -qq --no-install-recommends mmdebstrap; } >/dev/null
  # The exclusions are what makes the original slim.
  mmdebstrap --quiet --variant=minbase --hook-dir=/usr/share/mmdebstrap/hooks/merged-usr --include=usr-is-merged \
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
    --dpkgopt='path-exclude=/usr/share/info/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
    bookworm "$work/base.tar"
  docker import --change 'CMD ["bash"]' "$work/base.tar" pagespace-stand-in-debian >/dev/null
  rm "$work/base.tar"
  # The machine's certificate bundle: where traffic goes through an inspecting proxy, package clients in containers need it.
  cp /etc/ssl/certs/ca-certificates.crt "$work/ctx/"
  cat > "$work/ctx/Dockerfile" <<'DOCKERFILE'
FROM pagespace-stand-in-debian
COPY ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
ENV SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt CARGO_HTTP_CAINFO=/etc/ssl/certs/ca-certificates.crt NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt
DOCKERFILE
  build debian:bookworm-slim
}

make_rust() {
  local sysroot
  sysroot=$(cd "$here/../.." && rustc --print sysroot)
  tar -c --exclude=share --exclude=lib/rustlib/src -C "$sysroot" bin lib > "$work/ctx/rust.tar"
  cat > "$work/ctx/Dockerfile" <<'DOCKERFILE'
FROM debian:bookworm-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends build-essential ca-certificates curl git pkg-config \
 && rm -rf /var/lib/apt/lists/*
# Installing ca-certificates makes the bundle anew, without the machine's additions.
COPY --from=debian:bookworm-slim /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
ADD rust.tar /usr/local/
ENV CARGO_HOME=/usr/local/cargo
DOCKERFILE
  build rust:1-bookworm
}

make_node() {
  local npm
  npm=$(dirname "$(dirname "$(readlink -f "$(command -v npm)")")")
  mkdir -p "$work/ctx/bin" "$work/ctx/lib/node_modules"
  cp "$(readlink -f "$(command -v node)")" "$work/ctx/bin/node"
  cp -r "$npm" "$work/ctx/lib/node_modules/npm"
  ln -s ../lib/node_modules/npm/bin/npm-cli.js "$work/ctx/bin/npm"
  ln -s ../lib/node_modules/npm/bin/npx-cli.js "$work/ctx/bin/npx"
  printf 'FROM debian:bookworm-slim\nCOPY bin /usr/local/bin\nCOPY lib /usr/local/lib\n' > "$work/ctx/Dockerfile"
  build node:20-bookworm-slim
}

make_postgres() {
  cp "$here/postgres_entrypoint.sh" "$work/ctx/docker-entrypoint.sh"
  cat > "$work/ctx/Dockerfile" <<'DOCKERFILE'
FROM debian:bookworm-slim
RUN groupadd --system --gid 999 postgres \
 && useradd --system --gid postgres --uid 999 --home-dir /var/lib/postgresql --shell /bin/bash postgres \
 && apt-get update \
 && apt-get install -y --no-install-recommends postgresql-common \
 && sed -i 's/^#\?create_main_cluster.*/create_main_cluster = false/' /etc/postgresql-common/createcluster.conf \
 && apt-get install -y --no-install-recommends postgresql-15 \
 && rm -rf /var/lib/apt/lists/* \
 && install -d -o postgres -g postgres -m 3777 /var/run/postgresql \
 && install -d -o postgres -g postgres -m 1777 /var/lib/postgresql/data
COPY docker-entrypoint.sh /usr/local/bin/docker-entrypoint.sh
ENV PATH=/usr/lib/postgresql/15/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin PGDATA=/var/lib/postgresql/data LANG=C.UTF-8
VOLUME /var/lib/postgresql/data
ENTRYPOINT ["docker-entrypoint.sh"]
STOPSIGNAL SIGINT
EXPOSE 5432
CMD ["postgres"]
DOCKERFILE
  build postgres:17
}

# The others are made of the first.
obtain debian:bookworm-slim make_debian
for image in "$@"; do
  case $image in
    debian:*) ;;
    rust:*) obtain "$image" make_rust ;;
    node:*) obtain "$image" make_node ;;
    postgres:*) obtain "$image" make_postgres ;;
    *) say "no base image is called $image" >&2; exit 1 ;;
  esac
done
say "ready"
