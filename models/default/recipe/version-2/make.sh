#!/bin/sh
# Trains version 2 of the default model from random weights: make.sh IMAGES CAPTIONS
#   IMAGES    folder of amplitude images on pixels of 0.2 m
#   CAPTIONS  metadata.jsonl: file_name, caption, labels, inserted_vehicles
# Killed and started again, it goes on where it stopped. The work lies in work/ here, or in the folder that WORK names.
# STEPS=N trains each stage for N steps only, to see that all of it runs.
set -eu
[ $# -eq 2 ] || { sed -n '2,6s/^# //p' "$0" >&2; exit 2; }
images=$(realpath "$1") captions=$(realpath "$2")
here=$(cd "$(dirname "$0")" && pwd -P)
home=$(realpath "$here/../../../..")
sar=$home/sar-diffusion trainer=$home/training-bridge/python/.venv/bin/sar-trainer python=$home/training-bridge/python/.venv/bin/python
tokenizers=$home/models/src/main/resources/org/sardiffusion/models/default
work=${WORK:-$here/work}
mkdir -p "$work/runs"
work=$(realpath "$work")
# Configurations say work/...: they are read from beside it.
[ "$work" = "$here/work" ] || cp "$here"/*.yaml "$(dirname "$work")"
cd "$(dirname "$work")"
"$home/training-bridge/python/setup.sh"

[ -e work/captions.jsonl ] || "$python" "$here/captions.py" "$images" "$captions" work/captions.jsonl
captions=$(realpath work/captions.jsonl)

# Four times the same images, on the four grids of 0.4 m that the pixels of 0.2 m allow.
for offset in 00 11 10 01; do
  x=${offset%?} y=${offset#?}
  [ -e "work/shifted/$offset" ] || "$python" "$here/shifted.py" "$images" "$captions" "$x" "$y" "work/shifted/$offset"
  [ -e "work/dataset/offset-$offset" ] || "$sar" dataset "work/shifted/$offset" --captions "work/shifted/$offset/captions.jsonl" \
    --spacing 0.2 --patch 244x296 --scene-blocks 20 --seed 7 --out "work/dataset/offset-$offset"
done
[ -e work/dataset/all ] || "$python" "$here/merged.py" work/dataset/all work/dataset/offset-00 work/dataset/offset-11 \
  work/dataset/offset-10 work/dataset/offset-01
[ -e work/base ] || { cp -r "$here/architecture" work/base; cp -r "$tokenizers/tokenizer" "$tokenizers/tokenizer_2" work/base; }
[ -e work/clip-architecture ] || "$trainer" new-clip work/clip-architecture --tokenizer work/base/tokenizer \
  --image-width 144 --text-width 66 --text-layers 3

stage() {
  [ -e "work/runs/$1/model" ] && return
  if [ -e "work/runs/$1" ]; then resume=--resume; else resume=; fi
  "$sar" train "$1.yaml" --out "work/runs/$1" $resume ${STEPS:+--set training.steps=$STEPS}
}
stage 1-autoencoder
stage 2-decoder
stage 3-diffusion
# Stages 2 and 3 read nothing of each other: their model is the one's decoder and the other's UNet and text encoders.
[ -e work/model ] || {
  cp -r work/runs/3-diffusion/model work/model.tmp
  rm -r work/model.tmp/vae
  cp -r work/runs/2-decoder/model/vae work/model.tmp/vae
  mv work/model.tmp work/model
}
stage 4-controlnet
stage 5-distil
stage 6-sar-clip

"$sar" export work/runs/4-controlnet/model work/bundle --dtype fp16 --card "$here/card.yaml" --overwrite
"$sar" export work/runs/5-distil/model work/bundle-fast --dtype fp16 --card "$here/card-fast.yaml" --overwrite
echo "The model: $work/bundle, in few steps: $work/bundle-fast, its SAR-CLIP: $work/runs/6-sar-clip/bundle" >&2
