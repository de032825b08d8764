"""Tiny Stable Diffusion XL pipelines with seeded random weights, for tests.

The weights are drawn so that every part matters: layers keep the variance of what they are given, so prompts, timesteps and
micro-conditioning all change the image, and the UNet's output has a standard deviation near 1, as a trained one's has.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from diffusers import (
    AutoencoderKL,
    ControlNetModel,
    EulerDiscreteScheduler,
    StableDiffusionXLPipeline,
    UNet2DConditionModel,
)
from torch import nn
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection, CLIPTokenizer

MERGES = Path(__file__).with_name("clip_merges.txt")
WIDTH_1, WIDTH_2, PROJECTION, TIME_IDS_WIDTH = 32, 48, 40, 8


@dataclass(frozen=True)
class TinyModel:
    """The shape of one tiny pipeline."""

    name: str
    seed: int
    unet_channels: tuple[int, ...]
    vae_channels: tuple[int, ...]
    sar_token: bool
    scheduler: dict
    vae: dict
    merges: int = 600
    eos_is_2: bool = False
    latent_channels: int = 4


SDXL_BETAS = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear", "steps_offset": 1}

#: SDXL in small: epsilon, leading timesteps, VAE factor 8, and the token <SAR>.
EPS_VAE8 = TinyModel(
    name="eps-vae8",
    seed=1,
    unet_channels=(16, 16, 32),
    vae_channels=(8, 8, 16, 16),
    sar_token=True,
    # The last four belong to other schedulers than Euler; SDXL's own file has them, and diffusers hands them on.
    scheduler={
        **SDXL_BETAS,
        "timestep_spacing": "leading",
        "clip_sample": False,
        "set_alpha_to_one": False,
        "skip_prk_steps": True,
        "sample_max_value": 1.0,
    },
    vae={"scaling_factor": 0.13025, "force_upcast": True, "sample_size": 32},
)
#: v-prediction with zero terminal SNR, VAE factor 4 with latent statistics, the old eos_token_id 2 as in SDXL's own files.
V_ZSNR_VAE4 = TinyModel(
    name="v-zsnr-vae4",
    seed=2,
    unet_channels=(16, 32),
    vae_channels=(8, 8, 16),
    sar_token=False,
    scheduler={
        **SDXL_BETAS,
        "prediction_type": "v_prediction",
        "rescale_betas_zero_snr": True,
        "timestep_spacing": "trailing",
    },
    vae={
        "scaling_factor": 0.9,
        "force_upcast": False,
        "sample_size": 32,
        "latents_mean": [0.1, -0.2, 0.05, 0.0],
        "latents_std": [1.1, 0.8, 1.0, 0.9],
    },
    merges=400,
    eos_is_2=True,
)
#: Latents of 16 channels, v-prediction, VAE factor 8: the shape of autoencoders that keep more of an image in fewer places.
V_VAE8_WIDE = TinyModel(
    name="v-vae8-wide",
    seed=3,
    unet_channels=(16, 16, 32),
    vae_channels=(8, 8, 8, 8),
    sar_token=True,
    scheduler={**SDXL_BETAS, "prediction_type": "v_prediction", "timestep_spacing": "leading"},
    vae={"scaling_factor": 0.8, "force_upcast": False, "sample_size": 32},
    merges=50,
    latent_channels=16,
)


def clip_tokenizer(model: TinyModel, pad_token: str) -> CLIPTokenizer:
    """CLIP's tokenizer with the first of its merges: 512 bytes, the merged pieces, the two special tokens, perhaps <SAR>."""
    merges = [tuple(line.split(" ")) for line in MERGES.read_text(encoding="utf-8").splitlines()][: model.merges]
    alphabet = _bytes_alphabet()
    pieces = alphabet + [piece + "</w>" for piece in alphabet] + ["".join(merge) for merge in merges]
    vocabulary = {piece: k for k, piece in enumerate([*pieces, "<|startoftext|>", "<|endoftext|>"])}
    tokenizer = CLIPTokenizer(vocab=vocabulary, merges=merges, pad_token=pad_token, model_max_length=77)
    if model.sar_token:
        tokenizer.add_tokens(["<SAR>"])
    return tokenizer


def _bytes_alphabet() -> list[str]:
    """The 256 characters that stand for bytes, in CLIP's order: the printable ones first, then the others from U+0100 on."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    return [chr(byte) for byte in printable] + [chr(0x100 + k) for k in range(256 - len(printable))]


def tiny_pipeline(model: TinyModel) -> StableDiffusionXLPipeline:
    """Builds the pipeline; the same ``TinyModel`` always gives the same weights."""
    torch.manual_seed(model.seed)
    tokenizer, tokenizer_2 = clip_tokenizer(model, "<|endoftext|>"), clip_tokenizer(model, "!")
    text = {
        "vocab_size": len(tokenizer),
        "bos_token_id": tokenizer.bos_token_id,
        "eos_token_id": 2 if model.eos_is_2 else tokenizer.eos_token_id,
        "pad_token_id": 1,
        "max_position_embeddings": 77,
        "num_hidden_layers": 3,
        "projection_dim": PROJECTION,
    }
    encoder = CLIPTextModel(
        CLIPTextConfig(hidden_size=WIDTH_1, intermediate_size=64, num_attention_heads=2, hidden_act="quick_gelu", **text)
    )
    encoder_2 = CLIPTextModelWithProjection(
        CLIPTextConfig(hidden_size=WIDTH_2, intermediate_size=96, num_attention_heads=3, hidden_act="gelu", **text)
    )
    levels = len(model.unet_channels)
    unet = UNet2DConditionModel(
        sample_size=8 if levels == 3 else 12,
        in_channels=model.latent_channels,
        out_channels=model.latent_channels,
        block_out_channels=model.unet_channels,
        layers_per_block=1,
        down_block_types=("DownBlock2D", *["CrossAttnDownBlock2D"] * (levels - 1)),
        up_block_types=(*["CrossAttnUpBlock2D"] * (levels - 1), "UpBlock2D"),
        transformer_layers_per_block=[1] * levels,
        attention_head_dim=[2] * levels,
        cross_attention_dim=WIDTH_1 + WIDTH_2,
        norm_num_groups=8,
        use_linear_projection=True,
        addition_embed_type="text_time",
        addition_time_embed_dim=TIME_IDS_WIDTH,
        projection_class_embeddings_input_dim=PROJECTION + 6 * TIME_IDS_WIDTH,
    )
    vae_levels = len(model.vae_channels)
    vae = AutoencoderKL(
        block_out_channels=model.vae_channels,
        down_block_types=["DownEncoderBlock2D"] * vae_levels,
        up_block_types=["UpDecoderBlock2D"] * vae_levels,
        layers_per_block=1,
        norm_num_groups=4,
        latent_channels=model.latent_channels,
        **model.vae,
    )
    for part in (encoder, encoder_2, unet, vae):
        _enliven(part)
    _calibrate(unet, vae, vae_levels)
    scheduler = EulerDiscreteScheduler.from_config(model.scheduler)
    pipeline = StableDiffusionXLPipeline(
        vae=vae.eval(),
        text_encoder=encoder.eval(),
        text_encoder_2=encoder_2.eval(),
        tokenizer=tokenizer,
        tokenizer_2=tokenizer_2,
        unet=unet.eval(),
        scheduler=scheduler,
        force_zeros_for_empty_prompt=True,
    )
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


#: Channels of the layers that read a control image: few, so that the tiny bundles stay small.
_CONTROL_CHANNELS = (4, 8, 8, 8)


def tiny_controlnet(pipeline: StableDiffusionXLPipeline, seed: int) -> ControlNetModel:
    """A ControlNet for a tiny pipeline, with weights of its own (trained ones begin as copies and as zeros; these would hide
    mistakes). Its residuals are about half as strong as what they are added to, and its weights are multiples of 1/128, which
    compress well and are exact in half precision."""
    torch.manual_seed(seed)
    levels = len(pipeline.vae.config.block_out_channels)
    controlnet = ControlNetModel.from_unet(
        pipeline.unet, conditioning_embedding_out_channels=_CONTROL_CHANNELS[-levels:], load_weights_from_unet=False
    )
    _enliven(controlnet)
    with torch.no_grad():
        for block in (*controlnet.controlnet_down_blocks, controlnet.controlnet_mid_block):
            block.weight.mul_(0.5)
            block.bias.mul_(0.5)
        for parameter in controlnet.parameters():
            parameter.mul_(128).round_().div_(128)
    return controlnet.eval()


@torch.no_grad()
def _enliven(model: nn.Module) -> None:
    """Draws weights that keep the variance of their inputs."""
    for module in model.modules():
        if isinstance(module, (nn.Linear, nn.Conv2d)):
            module.weight.normal_(0, module.weight[0].numel() ** -0.5)
            if module.bias is not None:
                module.bias.normal_(0, 0.1)
        elif isinstance(module, nn.Embedding):
            module.weight.normal_(0, 0.7)
        elif isinstance(module, (nn.LayerNorm, nn.GroupNorm)):
            module.weight.normal_(1, 0.1)
            module.bias.normal_(0, 0.1)


@torch.no_grad()
def _calibrate(unet: UNet2DConditionModel, vae: AutoencoderKL, vae_levels: int) -> None:
    """Scales the last convolutions: noise of standard deviation 1 from the UNet, an image within about [-1,1] from the VAE."""
    added = {"text_embeds": torch.randn(4, PROJECTION), "time_ids": torch.full((4, 6), 64.0)}
    context = torch.randn(4, 77, unet.config.cross_attention_dim)
    size = unet.config.sample_size
    out = unet(
        torch.randn(4, unet.config.in_channels, size, size), torch.tensor(500.0), context, added_cond_kwargs=added
    ).sample
    unet.conv_out.weight.div_(out.std())
    unet.conv_out.bias.div_(out.std())
    image = vae.decode(torch.randn(4, vae.config.latent_channels, 8, 8) / vae.config.scaling_factor).sample
    vae.decoder.conv_out.weight.mul_(0.45 / image.std())
    vae.decoder.conv_out.bias.mul_(0.45 / image.std())
