#!/bin/sh
# build.sh: builds the suite's programs in their image, with as many compilers at once as there are processors and memory for.
# A compiler of ours takes up to 1.2 GB; on a server the suite before this build may still run beside it.
set -eu
jobs=$(awk -v cores="$(nproc)" '/^MemAvailable:/ {jobs = int($2 / 1250000); if (jobs > cores) jobs = cores; print jobs < 1 ? 1 : jobs}' /proc/meminfo)
# All four are always named, as the set of packages decides the features of the dependencies they share.
exec cargo build --release --locked --jobs "$jobs" -p processor -p realtime -p web -p worker
