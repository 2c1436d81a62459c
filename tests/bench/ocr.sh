#!/usr/bin/env bash
# Text recognition through the whole suite, with OCR_ENGINE=auto: how many characters are read wrong of pages whose text is known and of
# photos made of one, what a page takes beside Tesseract's own command, and whether the searchable PDF of each has, to Poppler and
# PDFium, the words that were recognised where they are seen. Run by `make bench-ocr`, which starts a release build beside it.
#
# BENCH_CORPUS names the folder that has the pages in `truth/ocr`; without it only our own scan is exported. PHOTOS (8) and SEED (1)
# say how many photos are made, and which. Fails when one of the bars is not met.
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
need curl=curl jq=jq pdftotext=poppler-utils python3=python3 tesseract=tesseract-ocr

truth=${BENCH_CORPUS:+$BENCH_CORPUS/truth/ocr}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
set_up
failed=0
must() { # name, value, at most
  awk -v value="$2" -v most="$3" 'BEGIN { exit !(value <= most) }' || { say "$1 is $2, and may be $3 at most."; failed=1; }
}

# Sends a file and waits for its text; then `id` is the file's.
recognise() { # file
  id=$(api --form "file=@$1" "$BASE_URL/api/v1/drives/$drive/files" | jq -r '[.. | objects | .id? // empty][0]')
  until [[ $(api "$BASE_URL/api/v1/files/$id" | jq -r '.status') =~ ^(completed|visual|failed)$ ]] && is_idle; do sleep 0.1; done
}

# Holds the file's searchable PDF against what was recognised.
export_pdf() { # original
  local page pages said
  api --output "$work/exported.pdf" "$BASE_URL/api/v1/files/$id/export?format=pdf"
  pages=$(api "$BASE_URL/api/v1/files/$id" | jq '.facts.pages // 1')
  for ((page = 1; page <= pages; page++)); do
    api "$BASE_URL/api/v1/files/$id/pages/$page/words" 2>/dev/null | jq -c . || true
  done >"$work/words"
  said=$(python3 "$here/searchable.py" "$1" "$work/exported.pdf" "$work/words")
  echo "$(basename "$1"): $said"
  must "words that Poppler reads otherwise in $1" "$(jq .poppler <<<"$said")" 0
  must "words that PDFium reads otherwise in $1" "$(jq .pdfium <<<"$said")" 0
  must "points that a word lies off in $1" "$(jq .farthestPoints <<<"$said")" 3
  must "difference of pixels of $1" "$(jq '.difference // 0' <<<"$said")" 0.01
}

cpu_of_tesseract() { # file
  local user system
  read -r user system < <(TIMEFORMAT='%U %S'; { time OMP_THREAD_LIMIT=1 tesseract "$1" - --psm 1 -l eng tsv >/dev/null 2>&1; } 2>&1)
  awk -v user="$user" -v system="$system" 'BEGIN { print int((user + system) * 1000) }'
}

measure() { # name file most-wrong
  local before rate
  before=$(suite_cpu_ms)
  recognise "$2"
  result "ocr.cpu.$1" $(($(suite_cpu_ms) - before)) ms tesseract "$(cpu_of_tesseract "$2")"
  api "$BASE_URL/api/v1/files/$id/text" >"$work/text"
  rate=$(python3 "$here/error_rate.py" "$truth/page.txt" "$work/text")
  jq -cn --arg bench "ocr.cer.$1" --argjson value "$rate" '{$bench, $value, unit: "share"}' | tee -a "${RESULTS:-/dev/null}"
  must "share of characters wrong in $1" "$rate" "$3"
  export_pdf "$2"
}

recognise "$here/../samples/pdf/scan-25-pages.pdf"
export_pdf "$here/../samples/pdf/scan-25-pages.pdf"
if [ -n "$truth" ]; then
  measure clean "$truth/clean.png" 0
  measure noisy "$truth/noisy.png" 0.01
  measure 100dpi "$truth/low100dpi.png" 0.01
  measure rotated "$truth/rot90.png" 0.01
  python3 "$here/paper_photos.py" "$truth/clean.png" "$work/photos" "${PHOTOS:-8}" "${SEED:-1}"
  for photo in "$work"/photos/*.jpg; do measure "$(basename "$photo" .jpg)" "$photo" 0.03; done
fi
exit "$failed"
