# shellcheck shell=bash
# What the native scripts share: plain words to the person, packages, and a Postgres of our own. Sourced, not run.

say() { echo "pagespace: $*"; }
fail() {
  echo "pagespace: $*" >&2
  exit 1
}
have() { command -v "$1" >/dev/null 2>&1; }

# Debian packages for whatever is missing, one per line. Arguments: `program=package` or `postgres`.
missing_packages() {
  local need
  for need in "$@"; do
    case $need in
      postgres) postgres_bin >/dev/null || echo postgresql ;;
      *) have "${need%%=*}" || echo "${need#*=}" ;;
    esac
  done
}

# Installs what is missing, where we may; otherwise says the one command that does.
need() {
  local packages
  mapfile -t packages < <(missing_packages "$@" | sort -u)
  [ ${#packages[@]} -gt 0 ] || return 0
  local install=(apt-get install -y --no-install-recommends -o Dpkg::Options::=--force-confold "${packages[@]}")
  if ! have apt-get; then
    fail "these are missing: ${packages[*]}. Install them with this system's package manager, then try again."
  elif [ "$(id -u)" = 0 ]; then
    as_root=(env DEBIAN_FRONTEND=noninteractive)
  elif have sudo && sudo -n true 2>/dev/null; then
    as_root=(sudo -n env DEBIAN_FRONTEND=noninteractive)
  else
    fail "first run: sudo apt-get update && sudo apt-get install -y --no-install-recommends ${packages[*]}"
  fi
  say "installing ${packages[*]}"
  # Debian makes a cluster on port 5432 when Postgres is installed; we bring our own, so a new install gets none.
  if [[ " ${packages[*]} " == *" postgresql "* ]] && [ ! -e /etc/postgresql-common/createcluster.conf ]; then
    "${as_root[@]}" sh -c 'mkdir -p /etc/postgresql-common && echo "create_main_cluster = false" > /etc/postgresql-common/createcluster.conf'
  fi
  local log
  log=$(mktemp)
  if ! { "${as_root[@]}" apt-get update && "${as_root[@]}" "${install[@]}"; } >"$log" 2>&1 </dev/null; then
    tail -n 20 "$log" >&2
    rm -f "$log"
    fail "apt-get could not install ${packages[*]}; the reason is above."
  fi
  rm -f "$log"
}

need_rust() {
  have cargo || fail "Rust is missing; install it from https://rustup.rs, then try again."
}

# The folder with initdb and postgres: newest Debian version first, then PATH (which covers /usr/local).
postgres_bin() {
  local dir
  while read -r dir; do
    if [ -x "$dir/initdb" ] && [ -x "$dir/postgres" ]; then
      echo "$dir"
      return 0
    fi
  done < <(
    printf '%s\n' /usr/lib/postgresql/*/bin | sort -rV
    have postgres && dirname "$(readlink -f "$(command -v postgres)")"
    echo /usr/local/pgsql/bin
  )
  return 1
}

# Postgres refuses to run as root; then it runs as `postgres`, or as a user made for it.
postgres_user() {
  [ "$(id -u)" = 0 ] || { id -un; return; }
  if ! id postgres >/dev/null 2>&1; then
    useradd --system --user-group --home-dir /nonexistent --shell /usr/sbin/nologin postgres
  fi
  echo postgres
}

# Becomes a command, as the Postgres user and in a folder that user may be in. In the background it is the process itself.
exec_as_postgres() {
  cd /
  [ "$(id -u)" != 0 ] || exec setpriv --reuid="$(id -u postgres)" --regid="$(id -g postgres)" --clear-groups -- "$@"
  exec "$@"
}
as_postgres() { (exec_as_postgres "$@"); }

# The folder of the models of OCR_ENGINE=accurate: one for all clones, as they are large and never change.
ocr_models_folder() { echo "${OCR_MODELS:-${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/pagespace/ocr-models}"; }

# A port that nobody uses at this moment, below those the kernel gives to clients.
free_port() {
  local port
  for _ in {1..50}; do
    port=$((20000 + (RANDOM * 32768 + RANDOM) % 12000))
    port_is_taken "$port" || { echo "$port"; return 0; }
  done
  return 1
}

port_is_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# make_cluster DIR PASSWORD: a new cluster whose superuser is `pagespace`. It appears whole or not at all: a start that is
# interrupted here would otherwise leave a half-made cluster that no later start can use.
make_cluster() {
  local dir=$1 password=$2 bin user new
  bin=$(postgres_bin)
  user=$(postgres_user)
  new=$dir.new
  rm -rf "$new"
  mkdir -p "$new"
  chmod 700 "$new"
  echo "$password" > "$new.password"
  [ "$(id -u)" != 0 ] || chown "$user" "$new" "$new.password"
  as_postgres "$bin/initdb" --pgdata="$new" --username=pagespace --pwfile="$new.password" --auth=scram-sha-256 \
    --encoding=UTF8 --locale=C.UTF-8 --no-instructions > "$new.log" 2>&1 \
    || { cat "$new.log" >&2; rm -f "$new.password"; fail "the database could not be made; the reason is above."; }
  rm -f "$new.password" "$new.log"
  mv "$new" "$dir"
}

# Waits until the Postgres of process $1 answers on port $2, or has died.
wait_for_postgres() {
  local bin tries
  bin=$(postgres_bin)
  for ((tries = 0; tries < 300; tries++)); do
    "$bin/pg_isready" --quiet --host=127.0.0.1 --port="$2" --dbname=postgres && return 0
    kill -0 "$1" 2>/dev/null || return 1
    sleep 0.1
  done
  return 1
}

# True for a URL that names the database as docker-compose.yml does, by a host that only exists there: what it means is our own.
names_own_database() {
  [[ $1 =~ ^[a-z]+://([^/@]*@)?postgres(:[0-9]+)?([/?]|$) ]] && ! getent hosts postgres >/dev/null
}

# Settings from a file as docker-compose reads it: NAME=value lines, no shell. What is already set wins.
read_env_file() {
  local line name value
  [ -f "$1" ] || return 0
  while IFS= read -r line || [ -n "$line" ]; do
    [[ $line =~ ^[[:space:]]*([A-Za-z_][A-Za-z0-9_]*)=(.*)$ ]] || continue
    name=${BASH_REMATCH[1]}
    value=${BASH_REMATCH[2]%$'\r'}
    [[ $value =~ ^\"(.*)\"$ || $value =~ ^\'(.*)\'$ ]] && value=${BASH_REMATCH[1]}
    [ -n "${!name+set}" ] || export "$name=$value"
  done < "$1"
}
