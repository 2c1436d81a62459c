#!/usr/bin/env bash
# Pages of a long PDF as a viewer asks for them, through web with its check of rights: the first time, when a page is drawn, and when
# it was drawn before; against pdftoppm and mutool drawing the same pages of the same file at the same width. Run by
# `make bench-pages`, which starts a release build beside it.
#
# PAGES_PDF names the file; without it one of 464 pages of text is made. PAGES_WIDTH (1200) is how wide a page is asked for, and
# PAGES_COUNT (20) how many pages are, spread over the file. Into RESULTS goes a line of JSON for each number; how much the processor
# has grown by is printed.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=../../deploy/native/lib.sh
source "$here/../../deploy/native/lib.sh"
# shellcheck source-path=SCRIPTDIR source=person.sh
source "$here/person.sh"
# shellcheck source-path=SCRIPTDIR source=watch.sh
source "$here/watch.sh"
# shellcheck source-path=SCRIPTDIR source=results.sh
source "$here/results.sh"
need curl=curl jq=jq mutool=mupdf-tools pdfinfo=poppler-utils pdftoppm=poppler-utils python3=python3

width=${PAGES_WIDTH:-1200} count=${PAGES_COUNT:-20}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
middle() { sort -n | awk '{all[NR] = $1} END {print all[int((NR + 1) / 2)]}'; }

pdf=${PAGES_PDF:-$work/long.pdf}
[ -n "${PAGES_PDF:-}" ] || python3 "$here/long_pdf.py" 464 "$pdf"
pages=$(pdfinfo "$pdf" | awk '/^Pages:/ {print $2}')
numbers=$(python3 -c "print(*sorted({1 + n * ($pages - 1) // max($count - 1, 1) for n in range($count)}))")

set_up
file=$(api --form "file=@$pdf" "$BASE_URL/api/v1/drives/$drive/files" | jq -r .file.id)
until [[ $(api "$BASE_URL/api/v1/files/$file" | jq -r .status) =~ ^(completed|visual|failed)$ ]]; do sleep 0.1; done
until is_idle; do sleep 0.1; done
page_ms() { # page
  api --output "$work/page.jpg" --write-out '%{time_total}\n' "$BASE_URL/api/v1/files/$file/pages/$1/image?width=$width" | awk '{print $1 * 1000}'
}
peer_ms() { # command...
  local started=$EPOCHREALTIME
  "$@" >/dev/null 2>&1
  awk -v from="$started" -v to="$EPOCHREALTIME" 'BEGIN {print (to - from) * 1000}'
}
of_all() { for number in $numbers; do "$@" "$number"; done | middle; }
poppler() { peer_ms pdftoppm -jpeg -f "$1" -l "$1" -scale-to-x "$width" -scale-to-y -1 "$pdf" "$work/poppler"; }
mupdf() { peer_ms mutool draw -q -w "$width" -o "$work/mupdf.png" "$pdf" "$1"; }

# The first child is ready, as it is in a suite that runs.
page_ms 2 >/dev/null
before=$(peak_mb "$(pid_of processor)")
cold=$(of_all page_ms)
cached=$(of_all page_ms)
result "pages.cold.$width.vs_pdftoppm" "$cold" ms pdftoppm "$(of_all poppler)"
result "pages.cold.$width.vs_mutool" "$cold" ms mutool "$(of_all mupdf)"
result "pages.cached.$width" "$cached" ms cold "$cold"
result pages.processor.peak "$(peak_mb "$(pid_of processor)")" MB before "$before"
