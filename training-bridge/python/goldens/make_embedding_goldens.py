"""Makes textual inversions of 1, 2, 3 and 8 vectors, and the latents that diffusers gives with them in both prompts.

    python goldens/make_embedding_goldens.py

writes ``runtime/src/test/resources/embeddings/``. The bundles of ``make_goldens.py`` must be there. One of the models says
``eos_token_id`` 2, as SDXL's own text encoders do: transformers then pools at the largest id, which an added token's is.
"""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import torch
from make_goldens import RESOURCES, call, run
from make_lora_goldens import load_embedding
from safetensors.torch import save_file
from tiny_models import EPS_VAE8, V_ZSNR_VAE4, TinyModel, tiny_pipeline

COUNTS = (1, 2, 3, 8)
CALLS = {
    "prompt": {"prompt": "a field of zq-{n} beside a road"},
    "negative": {"prompt": "a field", "negative_prompt": "blurry zq-{n}, water"},
}


def write(model: TinyModel, count: int, where: str, out: Path) -> dict[str, Any]:
    torch.manual_seed(0)
    pipeline = tiny_pipeline(model)
    widths = [pipeline.text_encoder.config.hidden_size, pipeline.text_encoder_2.config.hidden_size]
    generator = torch.Generator().manual_seed(count)
    vectors = [torch.randn(count, width, generator=generator) * 0.7 for width in widths]
    file = out / model.name / f"zq-{count}.safetensors"
    file.parent.mkdir(exist_ok=True)
    save_file(dict(zip(("clip_l", "clip_g"), vectors, strict=True)), file)
    load_embedding(pipeline, file)
    request = call(steps=3, **{key: text.format(n=count) for key, text in CALLS[where].items()})
    latents = run(pipeline, request, "latent").numpy()
    golden = f"{model.name}/{count}-{where}.npy"
    np.save(out / golden, latents)
    eos = pipeline.text_encoder_2.config.eos_token_id
    print(f"{model.name}, {count} vectors, {where}: eos_token_id {eos}, {latents.std():.3f}")
    embedding = f"{model.name}/{file.name}"
    return {"bundle": model.name, "name": f"{count}-{where}", "embedding": embedding, "request": request, "latents": golden}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=RESOURCES / "embeddings")
    out = parser.parse_args().out
    torch.set_num_threads(1)
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    calls = [write(m, n, where, out) for m in (EPS_VAE8, V_ZSNR_VAE4) for n in COUNTS for where in CALLS]
    (out / "index.json").write_text(json.dumps({"calls": calls}) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
