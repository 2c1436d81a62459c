# shellcheck shell=bash
# The rows of what PageSpace's deployment guide promises: each is run, here or as a test in Rust that is named. Sourced by those who run
# them in containers and without; they have sourced deploy/native/lib.sh and say where `root` and `work` are.

# shellcheck disable=SC2154  # root and work are the caller's
done_=0 elsewhere=0
row() { # NUMBER NAME COMMAND...
  local number=$1 name=$2
  shift 2
  [ "$number" = $((done_ + 1)) ] || fail "row $number comes after row $done_."
  "$@" >"$work/output" 2>&1 </dev/null || { tail -n 20 "$work/output" >&2; fail "row $number, $name, is not kept: $*"; }
  done_=$number
}
proven_by() {
  grep -rqE "fn $1\(" "$root/crates" "$root/tests" --include='*.rs' || { echo "there is no test called $1"; return 1; }
}
row_elsewhere() { # NUMBER NAME TEST
  row "$1" "$2" proven_by "$3"
  elsewhere=$((elsewhere + 1))
}
report_rows() { # WHERE
  [ "$done_" = 46 ] || fail "there are 46 rows, and $done_ were run."
  say "46 of 46 rows of PageSpace's guide are kept $1: $((done_ - elsewhere)) seen here, $elsewhere by tests in Rust that are named"
}
