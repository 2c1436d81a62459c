#!/usr/bin/env bash
# HEIC as phones write it, against libheif: how far apart the pixels are (PSNR over all of them, at full size), and what memory
# the four presets take at 12, 24 and 48 megapixels. Run by `make bench-heic`.
#
# The pictures are grids of tiles cut from our own sample and coded by libheif's encoder; the *.heic files of the folder that
# BENCH_CORPUS names, and of its folder `photo`, come after them. Of a file that is one large picture and no grid, only the PSNR
# is told. Into RESULTS goes a line of JSON for each number.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=../../deploy/native/lib.sh
source "$here/../../deploy/native/lib.sh"
# shellcheck source-path=SCRIPTDIR source=results.sh
source "$here/results.sh"
need heif-enc=libheif-examples heif-convert=libheif-examples python3=python3 jq=jq
picture=$here/../../crates/engine/benches/peers/picture.mjs

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
ours() { # preset rows, file, presets...
  rm -rf "$work/out" && mkdir "$work/out"
  cargo bench --quiet --locked -p engine --bench images -- ours "$1" 0 "$2" "$work/out" "${@:3}" | tail -1
}

node "$picture" tile "$here/../compose/samples/photo.jpg" 2048 1536 1 "$work/photo.jpg"
for n in {0..11}; do
  column=$((n % 4)) row=$((n / 4))
  node "$picture" crop "$work/photo.jpg" $((512 * column)) $((512 * row)) 512 "$work/$n.png"
  heif-enc --quality 60 --output "$work/$n.heic" "$work/$n.png" >/dev/null 2>&1
done
for size in 4032x3024=64 6000x4000=80 8064x6048=120; do
  pixels=${size%=*} most=${size#*=}
  python3 "$here/heif_grid.py" "${pixels%x*}" "${pixels#*x}" "$work/grid_$pixels.heic" "$work"/{0..11}.heic
  peak=$(ours '' "$work/grid_$pixels.heic" ai-chat ai-vision thumbnail preview | jq '.peak_kib / 1024')
  result "images.heic.rss.all_presets.$pixels" "$peak" MB "what it may be" "$most"
done

files=("$work"/grid_4032x3024.heic)
for file in "${BENCH_CORPUS:-/nowhere}"/*.heic "${BENCH_CORPUS:-/nowhere}"/photo/*.heic; do
  [ ! -r "$file" ] || files+=("$file")
done
for file in "${files[@]}"; do
  ours 'full 16000x16000 png 90' "$file" full >/dev/null
  rm -f "$work"/theirs*.png
  heif-convert "$file" "$work/theirs.png" >/dev/null 2>&1
  theirs=("$work"/theirs*.png)
  result "images.heic.psnr.$(basename "$file" .heic)" "$(node "$picture" psnr "$work"/out/full* "${theirs[0]}")" dB "what it should be" 45
done
