# shellcheck shell=bash
# Looking at a running suite from outside: which process is which, how much memory and CPU time they take. Sourced by the
# benchmarks beside it; SERVICE_PIDS says who is who.

pid_of() { tr ' ' '\n' <<<"$SERVICE_PIDS" | sed -n "s/^$1=//p"; }

# The most memory that a process has had.
peak_mb() { awk '/^VmHWM/ {print int($2 / 1024)}' "/proc/$1/status"; }

# A process and everything it has started that still runs.
tree_of() { # pid...
  local pid children
  for pid in "$@"; do
    echo "$pid"
    children=$(cat /proc/"$pid"/task/*/children 2>/dev/null || true)
    # shellcheck disable=SC2086
    [ -z "$children" ] || tree_of $children
  done
}

# Every process of the suite, database and readers included.
suite_pids() {
  local name
  for name in web processor realtime worker postgres; do tree_of "$(pid_of "$name")"; done
}

# CPU time of all of them and of what they have waited for, in ms. What ends is counted by who started it.
suite_cpu_ms() {
  local pid
  for pid in $(suite_pids); do cat "/proc/$pid/stat" 2>/dev/null || true; done |
    awk -v hz="$(getconf CLK_TCK)" '{sub(/^.*\) /, ""); sum += $12 + $13 + $14 + $15} END {print int(sum * 1000 / hz)}'
}

# Memory of all of them, in KB; what they share is counted once.
suite_memory_kb() {
  local pid
  for pid in $(suite_pids); do cat "/proc/$pid/smaps_rollup" 2>/dev/null || true; done | awk '/^Pss:/ {sum += $2} END {print sum + 0}'
}

# The most that was, looked at four times a second until killed.
watch_suite() { # file
  local peak=0 now
  while sleep 0.25; do
    now=$(suite_memory_kb)
    [ "$now" -le "$peak" ] || { peak=$now && echo $((peak / 1024)) >"$1"; }
  done
}

seconds_since() { awk -v from="$1" -v to="$EPOCHREALTIME" 'BEGIN {printf "%.2f", to - from}'; }
