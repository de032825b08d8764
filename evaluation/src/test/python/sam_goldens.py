"""Teaches two tiny SAMs to find rectangles and writes the masks that segment_anything's generator finds with them.

    python evaluation/src/test/python/sam_goldens.py

writes evaluation/src/test/resources/org/sardiffusion/evaluation/sam/: ``official`` (the image encoder, and the decoder as
scripts/export_onnx_model.py of segment_anything writes it), ``transformers`` (the two graphs that optimum makes of a
transformers.SamModel) and ``goldens.json``. Needs torch, torchvision, segment-anything 1.0, transformers, onnx and Pillow; the
image is that of evaluation_goldens.py, with a bright area and another width.
"""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import onnx
import torch
from segment_anything.automatic_mask_generator import SamAutomaticMaskGenerator
from segment_anything.modeling import ImageEncoderViT, MaskDecoder, PromptEncoder, Sam, TwoWayTransformer
from segment_anything.utils.onnx import SamOnnxModel
from segment_anything.utils.transforms import ResizeLongestSide
from torch import nn
from transformers import SamConfig, SamModel

OUT = Path(__file__).parents[1] / "resources/org/sardiffusion/evaluation/sam"
IMAGE = Path(__file__).parents[1] / "resources/org/sardiffusion/evaluation/real.npy"
SIDE, PATCH, WIDTH = 64, 8, 16
MEAN, STD = [123.675, 116.28, 103.53], [58.395, 57.12, 57.375]
GRID = 8
STEPS = 700


def image() -> np.ndarray:
    """RGB of three equal channels, 8 bits; wider than high, and larger than the models' images."""
    amplitude = np.load(IMAGE)[:70].copy()
    amplitude[10:50, 20:75] = np.minimum(1, amplitude[10:50, 20:75] * 3)
    grey = np.floor(amplitude.astype(np.float64) * 255 + 0.5).astype(np.uint8)
    return np.repeat(grey[:, :, None], 3, axis=2)


def scene(rng: np.random.Generator) -> tuple[np.ndarray, list[np.ndarray]]:
    """A small speckled image of rectangles (amplitude [SIDE,SIDE] in [0,1]) and their masks, the background first."""
    segments = [np.ones((SIDE, SIDE), bool)]
    mean = np.full((SIDE, SIDE), rng.uniform(0.1, 0.25))
    for _ in range(rng.integers(1, 4)):
        y, x = rng.integers(0, SIDE - 20, 2)
        h, w = rng.integers(12, 44, 2)
        inside = np.zeros((SIDE, SIDE), bool)
        inside[y : y + h, x : x + w] = True
        segments = [segment & ~inside for segment in segments] + [inside]
        mean[inside] = rng.uniform(0.4, 0.9)
    return np.clip(mean * np.sqrt(rng.gamma(6, 1 / 6, (SIDE, SIDE))), 0, 1), segments


def teach(model: nn.Module, encode: Callable, decode: Callable, steps: int) -> None:
    """Teaches a tiny SAM to find the rectangle under a point: random weights would give the same mask everywhere."""
    rng = np.random.default_rng(4)
    optimiser = torch.optim.AdamW(model.parameters(), lr=4e-3)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    for _ in range(steps):
        amplitude, segments = scene(rng)
        points, wanted = [], []
        for segment in segments:
            places = np.argwhere(segment)
            for y, x in places[rng.integers(0, len(places), 6)] if len(places) else []:
                points.append([x, y])
                wanted.append(segment)
        grey = torch.as_tensor(np.floor(amplitude * 255 + 0.5), dtype=torch.float32).expand(1, 3, SIDE, SIDE)
        scores, masks = decode(torch.tensor(points, dtype=torch.float32), *encode(grey))
        target = torch.as_tensor(np.stack(wanted), dtype=torch.float32)[:, None]
        logits = nn.functional.interpolate(masks, (SIDE, SIDE), mode="bilinear", align_corners=False)
        error = nn.functional.binary_cross_entropy_with_logits(logits, target.expand_as(logits), reduction="none")
        error = error.mean((2, 3))
        found = logits > 0
        overlap = (found & (target > 0)).sum((2, 3)) / (found | (target > 0)).sum((2, 3))
        loss = error.min(1).values.mean() + 0.1 * error.mean() + ((scores - overlap) ** 2).mean()
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        schedule.step()
    print(f"taught: loss {loss.item():.3f}, overlap {overlap.max(1).values.mean().item():.3f}")


def official() -> Sam:
    torch.manual_seed(11)
    sam = Sam(
        image_encoder=ImageEncoderViT(
            depth=1,
            embed_dim=WIDTH,
            img_size=SIDE,
            mlp_ratio=2,
            norm_layer=partial(nn.LayerNorm, eps=1e-6),
            num_heads=2,
            patch_size=PATCH,
            qkv_bias=True,
            use_rel_pos=True,
            global_attn_indexes=[0],
            window_size=0,
            out_chans=WIDTH,
        ),
        prompt_encoder=PromptEncoder(
            embed_dim=WIDTH,
            image_embedding_size=(SIDE // PATCH, SIDE // PATCH),
            input_image_size=(SIDE, SIDE),
            mask_in_chans=4,
        ),
        mask_decoder=MaskDecoder(
            num_multimask_outputs=3,
            transformer=TwoWayTransformer(depth=1, embedding_dim=WIDTH, mlp_dim=16, num_heads=2),
            transformer_dim=WIDTH,
            iou_head_depth=2,
            iou_head_hidden_dim=8,
        ),
        pixel_mean=MEAN,
        pixel_std=STD,
    )

    def decode(points: torch.Tensor, embeddings: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        labels = torch.ones(len(points), 1, dtype=torch.int)
        sparse, dense = sam.prompt_encoder(points=(points[:, None], labels), boxes=None, masks=None)
        masks, scores = sam.mask_decoder(
            image_embeddings=embeddings,
            image_pe=sam.prompt_encoder.get_dense_pe(),
            sparse_prompt_embeddings=sparse,
            dense_prompt_embeddings=dense,
            multimask_output=True,
        )
        return scores, masks

    teach(sam, lambda grey: (sam.image_encoder(sam.preprocess(grey)),), decode, STEPS)
    return sam.eval()


def transformer(sam: Sam) -> SamModel:
    torch.manual_seed(12)
    side = SIDE // PATCH
    config = SamConfig(
        vision_config={
            "hidden_size": WIDTH,
            "output_channels": WIDTH,
            "num_hidden_layers": 1,
            "num_attention_heads": 2,
            "image_size": SIDE,
            "patch_size": PATCH,
            "mlp_dim": 32,
            "window_size": 0,
            "global_attn_indexes": [0],
            "num_pos_feats": WIDTH // 2,
        },
        prompt_encoder_config={
            "hidden_size": WIDTH,
            "image_size": SIDE,
            "patch_size": PATCH,
            "mask_input_channels": 4,
            "image_embedding_size": side,
        },
        mask_decoder_config={
            "hidden_size": WIDTH,
            "mlp_dim": 16,
            "num_hidden_layers": 1,
            "num_attention_heads": 2,
            "iou_head_depth": 2,
            "iou_head_hidden_dim": 8,
        },
    )
    model = SamModel(config)
    vision, decoder = Vision(model), Decoder(model)

    def decode(points: torch.Tensor, *embeddings: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        scores, masks = decoder(points[None, :, None], torch.ones(1, len(points), 1, dtype=torch.int64), *embeddings)
        return scores[0], masks[0]

    teach(model, lambda grey: vision(sam.preprocess(grey)), decode, STEPS)
    return model.eval()


class Vision(nn.Module):
    """pixel_values -> image_embeddings, image_positional_embeddings, as optimum's SamOnnxConfig names them."""

    def __init__(self, model: SamModel):
        super().__init__()
        self.model = model

    def forward(self, pixel_values: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        embeddings = self.model.vision_encoder(pixel_values)[0]
        positions = self.model.get_image_wide_positional_embeddings()
        return embeddings, positions.repeat(pixel_values.shape[0], 1, 1, 1)


class Decoder(nn.Module):
    """Points [B,P,N,2] and labels [B,P,N] -> iou_scores [B,P,3], pred_masks [B,P,3,L,L]."""

    def __init__(self, model: SamModel):
        super().__init__()
        self.model = model

    def forward(self, input_points, input_labels, image_embeddings, image_positional_embeddings):
        sparse, dense = self.model.prompt_encoder(
            input_points=input_points, input_labels=input_labels, input_boxes=None, input_masks=None
        )
        masks, scores = self.model.mask_decoder(
            image_embeddings=image_embeddings,
            image_positional_embeddings=image_positional_embeddings,
            sparse_prompt_embeddings=sparse,
            dense_prompt_embeddings=dense,
            multimask_output=True,
        )[:2]
        return scores, masks


class HuggingFacePredictor:
    """What the generator needs of segment_anything's SamPredictor, on a transformers.SamModel."""

    device = "cpu"

    def __init__(self, model: SamModel, sam: Sam):
        self.vision, self.decoder, self.model = Vision(model), Decoder(model), sam
        self.transform = ResizeLongestSide(SIDE)

    def set_image(self, rgb: np.ndarray) -> None:
        resized = self.transform.apply_image(rgb)
        self.input_size, self.original_size = resized.shape[:2], rgb.shape[:2]
        pixels = self.model.preprocess(torch.as_tensor(resized).permute(2, 0, 1)[None])
        self.embeddings = self.vision(pixels)

    def reset_image(self) -> None:
        pass

    def predict_torch(self, points, labels, multimask_output, return_logits):
        scores, masks = self.decoder(points[None].float(), labels[None], *self.embeddings)
        return self.model.postprocess_masks(masks[0], self.input_size, self.original_size), scores[0], masks[0]


def export(model: nn.Module, inputs: dict, outputs: list[str], dynamic: dict, file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    torch.onnx.export(
        model,
        tuple(inputs.values()),
        str(file),
        input_names=list(inputs),
        output_names=outputs,
        dynamic_axes=dynamic,
        opset_version=17,
        dynamo=False,
    )
    shorten(file, set(inputs) | set(outputs))


def shorten(file: Path, kept: set[str]) -> None:
    """Gives what lies inside a graph short names: they are most of such a small file."""
    model = onnx.load(file)
    names: dict[str, str] = {"": ""} | {name: name for name in kept}

    def short(values: list[str]) -> list[str]:
        return [names.setdefault(name, f"v{len(names)}") for name in values]

    for tensor in model.graph.initializer:
        tensor.name = short([tensor.name])[0]
    for node in model.graph.node:
        node.name = node.doc_string = ""
        for values in (node.input, node.output):
            values[:] = short(values)
    del model.graph.value_info[:]
    onnx.save(model, file)


def masks(generator: SamAutomaticMaskGenerator, rgb: np.ndarray) -> list:
    found = generator.generate(rgb)
    return [
        {
            "area": int(m["area"]),
            "box": [int(v) for v in m["bbox"]],  # x, y, width, height
            "predicted_iou": float(m["predicted_iou"]),
            "stability": float(m["stability_score"]),
            # Where the mask begins and ends, in C order.
            "edges": np.flatnonzero(np.diff(m["segmentation"].ravel(), prepend=False, append=False)).tolist(),
        }
        for m in found
    ]


def thresholds(generator: SamAutomaticMaskGenerator, rgb: np.ndarray) -> dict:
    """In the middle of what the model gives, so that each filter drops some and keeps some; and all without filters."""
    generator.pred_iou_thresh, generator.stability_score_thresh, generator.box_nms_thresh = -1e9, -1, 1.0
    every = generator.generate(rgb)
    unfiltered = [{k: v for k, v in m.items() if k != "edges"} for m in masks(generator, rgb)]
    iou = float(np.round(np.quantile([m["predicted_iou"] for m in every], 0.3), 3))
    stability = float(np.round(np.nanquantile([m["stability_score"] for m in every if m["area"] > 0], 0.3), 3))
    generator.pred_iou_thresh, generator.stability_score_thresh, generator.box_nms_thresh = iou, stability, 0.7
    return {"unfiltered": unfiltered, "predicted_iou": iou, "stability": stability, "box_nms": 0.7}


def main() -> None:
    rgb = image()
    sam = official()
    golden = {"grid": GRID, "height": rgb.shape[0], "width": rgb.shape[1]}
    export(
        sam.image_encoder,
        {"images": torch.randn(1, 3, SIDE, SIDE)},
        ["embeddings"],
        {},
        OUT / "official/encoder.onnx",
    )
    side = SIDE // PATCH
    export(
        SamOnnxModel(sam, return_single_mask=False),
        {
            "image_embeddings": torch.randn(1, WIDTH, side, side),
            "point_coords": torch.randint(0, SIDE, (1, 5, 2)).float(),
            "point_labels": torch.randint(0, 4, (1, 5)).float(),
            "mask_input": torch.randn(1, 1, 4 * side, 4 * side),
            "has_mask_input": torch.tensor([1.0]),
            "orig_im_size": torch.tensor([150.0, 225.0]),
        },
        ["masks", "iou_predictions", "low_res_masks"],
        {"point_coords": {1: "num_points"}, "point_labels": {1: "num_points"}},
        OUT / "official/decoder.onnx",
    )
    generator = SamAutomaticMaskGenerator(sam, points_per_side=GRID)
    golden["official"] = thresholds(generator, rgb) | {"masks": masks(generator, rgb)}

    model = transformer(sam)
    with torch.no_grad():
        embeddings = Vision(model)(torch.randn(1, 3, SIDE, SIDE))
        export(
            Vision(model),
            {"pixel_values": torch.randn(1, 3, SIDE, SIDE)},
            ["image_embeddings", "image_positional_embeddings"],
            {"pixel_values": {0: "batch"}},
            OUT / "transformers/vision_encoder.onnx",
        )
        export(
            Decoder(model),
            {
                "input_points": torch.rand(1, 3, 1, 2) * SIDE,
                "input_labels": torch.ones(1, 3, 1, dtype=torch.int64),
                "image_embeddings": embeddings[0],
                "image_positional_embeddings": embeddings[1],
            },
            ["iou_scores", "pred_masks"],
            {"input_points": {1: "points"}, "input_labels": {1: "points"}},
            OUT / "transformers/prompt_encoder_mask_decoder.onnx",
        )
    generator = SamAutomaticMaskGenerator(sam, points_per_side=GRID, points_per_batch=10)
    generator.predictor = HuggingFacePredictor(model, sam)
    golden["transformers"] = thresholds(generator, rgb) | {"masks": masks(generator, rgb)}
    (OUT / "goldens.json").write_text(json.dumps(golden) + "\n")
    for name in ("official", "transformers"):
        print(name, len(golden[name]["unfiltered"]), "candidates,", len(golden[name]["masks"]), "masks")


if __name__ == "__main__":
    main()
