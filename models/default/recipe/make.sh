#!/bin/sh
# Trains the default model: models/default/recipe/make.sh IMAGES CAPTIONS BASE
#   IMAGES    folder of amplitude images on pixels of 0.2 m
#   CAPTIONS  metadata.jsonl: file_name, caption, labels, inserted_vehicles
#   BASE      diffusers folder to start from (version 0 of the model)
# Killed and started again, it goes on where it stopped. The work lies in models/default/recipe/work.
set -eu
[ $# -eq 3 ] || { sed -n '2,6s/^# //p' "$0" >&2; exit 2; }
images=$(realpath "$1") captions=$(realpath "$2") base=$(realpath "$3")
cd "$(dirname "$0")"
home=$(realpath ../../..)
sar=$home/sar-diffusion trainer=$home/training-bridge/python/.venv/bin/sar-trainer
mkdir -p work/runs
[ -e work/base ] || ln -s "$base" work/base

[ -e work/dataset ] || "$sar" dataset "$images" --captions "$captions" --spacing 0.2 --patch 240x240 --stride 240x57 \
  --scene-blocks 20 --seed 7 --out work/dataset
"$home/training-bridge/python/setup.sh"
[ -e work/clip-architecture ] || "$trainer" new-clip work/clip-architecture --tokenizer work/base/tokenizer \
  --image-width 144 --text-width 66 --text-layers 3

for stage in 1-decoder 2-diffusion 3-controlnet 4-controlnet-on 5-sar-clip; do
  [ -e "work/runs/$stage/model" ] && continue
  if [ -e "work/runs/$stage" ]; then resume=--resume; else resume=; fi
  "$sar" train "$stage.yaml" --out "work/runs/$stage" $resume
done

"$sar" export work/runs/4-controlnet-on/model work/bundle --dtype fp16 --card ../card.yaml --overwrite
echo "The model: $(pwd)/work/bundle, its SAR-CLIP: $(pwd)/work/runs/5-sar-clip/bundle" >&2
