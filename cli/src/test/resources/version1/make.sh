#!/bin/sh
# Made the images of this folder, with the command as it was at commit 2a590e8: the last one that wrote recipes of version 1.
#   SAR=sar-diffusion PLAIN=runtime/src/test/resources/bundles/eps-vae8 CONTROLLED=COPY_WITH_THE_CONTROL_GRAPH ./make.sh
# init.npy, mask.npy, control.npy and simulated.npy are its inputs and lie here.
set -eu
cd "$(dirname "$0")"
plain="--model $PLAIN --quiet" controlled="--model $CONTROLLED --quiet"
"$SAR" generate $plain --prompt "A <SAR> image of a forest" --negative-prompt "road" --seed 7 --steps 4 --scheduler euler_a \
  --guidance 4 --guidance-rescale 0.3 --width 64 --height 64 --crs EPSG:32631 --origin 500000,5400000 --out noise.tif
"$SAR" generate $plain --prompt "a port" --seed 11 --count 2 --steps 3 --scheduler ddim --eta 0.4 --clip-skip 1 \
  --original-size 128x96 --crop 3,5 --target-size 64x64 --width 64 --height 64 --out many.png
"$SAR" generate $plain --prompt "a field" --seed 3 --steps 5 --scheduler dpmpp_2m_sde_karras --init-image init.npy --strength 0.6 \
  --out init-image.png
"$SAR" generate $plain --prompt "a road" --seed 4 --steps 4 --init-image init.npy --strength 1 --mask mask.npy --out inpainted.npy
"$SAR" generate $controlled --prompt "a road" --seed 5 --steps 3 --control-image control.npy:0.7 --control-end 0.8 \
  --width 64 --height 64 --out controlled.png
"$SAR" refine simulated.npy --spacing 0.8 $plain --prompt "a port" --seed 6 --steps 4 --out refined.tif
"$SAR" upscale simulated.npy --spacing 0.6 $controlled --prompt "a port" --seed 8 --steps 3 --window 4,4,32,24 \
  --radiometry preserve --out upscaled.tif
printf 'prompt,label,seed,steps\na lake,water,21,3\n' >prompts.csv
"$SAR" batch prompts.csv $plain --width 64 --height 64 --format png --out batch
mv batch/images/water/*.png batch.png
rm -r batch prompts.csv many_11.png *.stac.json
