# shellcheck shell=bash
# What a benchmark has measured. Sourced by those beside it.

# Prints a line of JSON, and appends it to the file RESULTS if there is one. The ratio is ours to the peer's.
result() { # name value unit peer peer's value
  jq -cn --arg bench "$1" --argjson value "$2" --arg unit "$3" --arg peer "$4" --argjson peer_value "$5" \
    '{$bench, $value, $unit, $peer, $peer_value, ratio: ($value / $peer_value)}' | tee -a "${RESULTS:-/dev/null}"
}
