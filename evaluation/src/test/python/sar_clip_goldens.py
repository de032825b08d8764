"""Makes a tiny SAR-CLIP of random weights and writes what transformers, SciPy and NumPy make of it.

    python evaluation/src/test/python/sar_clip_goldens.py

writes evaluation/src/test/resources/org/sardiffusion/evaluation/sar-clip/ (the bundle) and sar_clip_goldens.json. Needs torch,
transformers, onnx, Pillow and SciPy. The tokenizer is that of the runtime's test bundles, the images are those of
evaluation_goldens.py.
"""

import json
import shutil
from pathlib import Path

import numpy as np
import onnx
import scipy.linalg
import torch
from PIL import Image
from torch import nn
from transformers import CLIPConfig, CLIPModel, CLIPTokenizer

OUT = Path(__file__).parents[1] / "resources/org/sardiffusion/evaluation"
TOKENIZER = Path(__file__).parents[4] / "runtime/src/test/resources/bundles/eps-vae8/tokenizer"
SIDE, DIMENSION, MEAN, STD = 32, 12, 0.45, 0.27
CAPTIONS = [
    "a dense forest with a winding road",
    "A plowed field, two trees and a vehicle!",
    "a harbour with ships",
    "",
    "houses and gardens " * 40,
]


class ImageTower(nn.Module):
    """pixel_values [B,3,S,S] -> image_embeds [B,P]."""

    def __init__(self, model: CLIPModel):
        super().__init__()
        self.model = model

    def forward(self, pixel_values: torch.Tensor) -> torch.Tensor:
        return self.model.visual_projection(self.model.vision_model(pixel_values=pixel_values).pooler_output)


class TextTower(nn.Module):
    """input_ids [B,T] -> text_embeds [B,P]."""

    def __init__(self, model: CLIPModel):
        super().__init__()
        self.model = model

    def forward(self, input_ids: torch.Tensor) -> torch.Tensor:
        return self.model.text_projection(self.model.text_model(input_ids=input_ids).pooler_output)


def tiny_clip(tokenizer: CLIPTokenizer) -> CLIPModel:
    torch.manual_seed(3)
    tower = {"hidden_size": 16, "intermediate_size": 24, "num_hidden_layers": 2, "num_attention_heads": 2}
    config = CLIPConfig(
        text_config=tower
        | {
            "vocab_size": len(tokenizer),
            "max_position_embeddings": 77,
            "bos_token_id": tokenizer.bos_token_id,
            "eos_token_id": tokenizer.eos_token_id,
        },
        vision_config=tower | {"image_size": SIDE, "patch_size": 8},
        projection_dim=DIMENSION,
    )
    model = CLIPModel(config).eval()
    with torch.no_grad():
        # Weights of the usual size leave all images nearly alike.
        for parameter in model.parameters():
            if parameter.ndim > 1:
                parameter.mul_(4)
    model.set_attn_implementation("eager")
    return model


def pixels(amplitude: np.ndarray) -> torch.Tensor:
    resized = np.asarray(Image.fromarray(amplitude.astype(np.float32), mode="F").resize((SIDE, SIDE), Image.BICUBIC))
    values = (np.clip(resized, 0, 1) - MEAN) / STD
    return torch.from_numpy(values.astype(np.float32)).expand(1, 3, SIDE, SIDE)


def export(module: nn.Module, example: torch.Tensor, names: tuple[str, str], axes: dict, file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    torch.onnx.export(
        module,
        (example,),
        str(file),
        input_names=[names[0]],
        output_names=[names[1]],
        dynamic_shapes=(axes,),
        dynamo=True,
        external_data=False,
        optimize=True,
        verbose=False,
    )
    model = onnx.load(file)
    # Where in which file of which machine each node came from: half of the size.
    for item in (model, model.graph, *model.graph.node, *model.graph.value_info, *model.graph.input, *model.graph.output):
        item.ClearField("metadata_props")
    del model.graph.value_info[:]
    onnx.save(model, file)


def frechet(a: np.ndarray, b: np.ndarray) -> float:
    ca, cb = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    root = scipy.linalg.sqrtm(ca @ cb)
    return float(((a.mean(0) - b.mean(0)) ** 2).sum() + np.trace(ca + cb - 2 * np.real(root)))


def kernel_distance(a: np.ndarray, b: np.ndarray) -> float:
    def k(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return (x @ y.T / x.shape[1] + 1) ** 3

    n, m = len(a), len(b)
    aa, bb = k(a, a), k(b, b)
    return float((aa.sum() - np.trace(aa)) / (n * (n - 1)) + (bb.sum() - np.trace(bb)) / (m * (m - 1)) - 2 * k(a, b).mean())


def covered(points: np.ndarray, manifold: np.ndarray) -> float:
    def distances(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return np.linalg.norm(x[:, None] - y[None], axis=2)

    reach = np.sort(distances(manifold, manifold), axis=1)[:, 3]
    return float((distances(points, manifold) <= reach).any(axis=1).mean())


def features(rng: np.random.Generator) -> dict:
    real = rng.normal(size=(60, 6)).astype(np.float32)
    generated = (0.7 * rng.normal(size=(45, 6)) + 0.4).astype(np.float32)
    generated[7] = real[13] * 1.5
    a, b = real.astype(np.float64), generated.astype(np.float64)
    unit_a, unit_b = (v / np.linalg.norm(v, axis=1, keepdims=True) for v in (a, b))
    among = unit_a @ unit_a.T - 2 * np.eye(len(a))
    threshold = np.sort(among.max(axis=1))[int(np.ceil(0.99 * len(a))) - 1]
    nearest = (unit_b @ unit_a.T).max(axis=1)
    return {
        "real": real.tolist(),
        "generated": generated.tolist(),
        "fid": frechet(a, b),
        "kid": kernel_distance(a, b),
        "precision": covered(b, a),
        "recall": covered(a, b),
        "threshold": float(threshold),
        "share": float((nearest > threshold).mean()),
        "closest": [int(nearest.argmax()), int((unit_b @ unit_a.T)[nearest.argmax()].argmax())],
    }


def main() -> None:
    bundle = OUT / "sar-clip"
    shutil.rmtree(bundle, ignore_errors=True)
    shutil.copytree(TOKENIZER, bundle / "tokenizer")
    tokenizer = CLIPTokenizer.from_pretrained(TOKENIZER)
    model = tiny_clip(tokenizer)
    batch, tokens = torch.export.Dim("batch"), torch.export.Dim("tokens", max=77)
    export(
        ImageTower(model),
        torch.randn(2, 3, SIDE, SIDE),
        ("pixel_values", "image_embeds"),
        {0: batch},
        bundle / "image_encoder/model.onnx",
    )
    ids = torch.full((2, 8), tokenizer.eos_token_id)
    export(TextTower(model), ids, ("input_ids", "text_embeds"), {0: batch, 1: tokens}, bundle / "text_encoder/model.onnx")
    card = {
        "format_version": 1,
        "name": "tiny random SAR-CLIP",
        "image_size": SIDE,
        "projection_dim": DIMENSION,
        "logit_scale": float(model.logit_scale.detach().exp()),
        "mean": MEAN,
        "std": STD,
        "graphs": {"image_encoder": "image_encoder/model.onnx", "text_encoder": "text_encoder/model.onnx"},
    }
    (bundle / "sar_clip.json").write_text(json.dumps(card, indent=1) + "\n")

    real, generated = (np.load(OUT / f"{name}.npy") for name in ("real", "generated"))
    images = {"real": real, "generated": generated, "small": real[:11, :20], "odd": generated[3:80, 1:34]}
    with torch.no_grad():
        text = [
            model.get_text_features(**tokenizer(c, return_tensors="pt", truncation=True, max_length=77)).pooler_output[0]
            for c in CAPTIONS
        ]
        image = {name: model.get_image_features(pixel_values=pixels(a)).pooler_output[0] for name, a in images.items()}
    golden = {
        "captions": CAPTIONS,
        "text": [t.tolist() for t in text],
        "image": {name: v.tolist() for name, v in image.items()},
        "resized": pixels(real)[0, 0].flatten().mul(STD).add(MEAN).tolist(),
        "features": features(np.random.default_rng(11)),
    }
    (OUT / "sar_clip_goldens.json").write_text(json.dumps(golden) + "\n")


if __name__ == "__main__":
    main()
