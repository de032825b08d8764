"""The way back: a bundle of ours as a diffusers folder, with the same bits.

``sar_config.json`` says for each parameter of each network which initializer of the graph holds it, and whether transposed
(``weights``). Nothing is computed: a restored folder has the bundle's weights in the bundle's precision.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx_ir as ir
import torch
from safetensors.torch import save_file

from sar_trainer.errors import SarTrainerError, UsageError
from sar_trainer.export.card import CARD_FILE
from sar_trainer.export.control import CONTROL_GRAPH, control_name
from sar_trainer.export.source import KNOWN_CLASSES, DiffusersFolder, ModelFolder, read_json

#: Component -> the graphs that its parameters lie in; the first has its configuration.
_PARTS = {
    "text_encoder": ("text_encoder",),
    "text_encoder_2": ("text_encoder_2",),
    "unet": ("unet",),
    "vae": ("vae_encoder", "vae_decoder"),
}
_COPIED = ("scheduler", "tokenizer", "tokenizer_2")

State = dict[str, torch.Tensor]


def is_bundle(path: Path) -> bool:
    """Whether ``path`` is a bundle, rather than a diffusers folder."""
    return (path / CARD_FILE).is_file()


def restore_diffusers(bundle: Path, folder: Path, progress: Callable[[str], None] = lambda line: None) -> None:
    """Writes the diffusers folder ``folder``, which must not exist, of a bundle that this trainer exported.

    ControlNets become ``controlnet``, ``controlnet_1``, ... as ``DiffusersFolder`` reads them. Raises ``UsageError`` for what
    is no such bundle, ``SarTrainerError`` for a damaged one; either the whole folder is there afterwards, loaded once to see
    that nothing is missing, or nothing is.
    """
    if not is_bundle(bundle):
        raise UsageError(f"{bundle} is no bundle: it has no {CARD_FILE}.")
    if folder.exists():
        raise UsageError(f"{folder} already exists. Give another place.")
    config = read_json(bundle / CARD_FILE)
    if "weights" not in config:
        raise UsageError(f"{bundle} can't be turned back: its {CARD_FILE} does not say where weights lie (weights).")
    folder = folder.absolute()
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{folder.name}.", dir=folder.parent) as scratch:
        staged = Path(scratch) / "folder"
        staged.mkdir()
        shutil.copyfile(bundle / "model_index.json", staged / "model_index.json")
        for name in _COPIED:
            if (bundle / name).is_dir():
                shutil.copytree(bundle / name, staged / name)
        for component, graphs in _PARTS.items():
            if graphs[0] in config["weights"]:
                progress(f"{component}: from {', '.join(graphs)}")
                _restore_component(bundle, config, component, staged / component)
        if CONTROL_GRAPH in config["weights"]:
            _restore_controlnets(bundle, config, staged, progress)
        _check(staged)
        staged.chmod(0o755)
        staged.rename(folder)


def _restore_component(bundle: Path, config: dict[str, Any], component: str, target: Path) -> None:
    state: State = {}
    for graph in _PARTS[component]:
        state |= _parameters(bundle, config, graph)
    target.mkdir()
    shutil.copyfile(bundle / _PARTS[component][0] / "config.json", target / "config.json")
    stem = "model" if KNOWN_CLASSES[component][0] == "transformers" else "diffusion_pytorch_model"
    save_file(state, target / f"{stem}.safetensors", metadata={"format": "pt"})


def _restore_controlnets(bundle: Path, config: dict[str, Any], staged: Path, progress: Callable[[str], None]) -> None:
    from diffusers import ControlNetModel, UNet2DConditionModel

    parameters = _parameters(bundle, config, CONTROL_GRAPH)
    unet = UNet2DConditionModel.from_config(read_json(staged / "unet" / "config.json"))
    for k in range(len(config["graphs"][CONTROL_GRAPH]["controlnets"])):
        prefix = f"{control_name(k)}."
        state = {name.removeprefix(prefix): value for name, value in parameters.items() if name.startswith(prefix)}
        progress(f"{control_name(k)}: from {CONTROL_GRAPH}")
        # A bundle has no configuration of its ControlNets: it is the UNet's, but for the way into the latents' size.
        model = ControlNetModel.from_unet(
            unet, conditioning_embedding_out_channels=_embedding_channels(state), load_weights_from_unet=False
        )
        target = staged / control_name(k)
        target.mkdir()
        model.save_config(target)
        save_file(state, target / "diffusion_pytorch_model.safetensors", metadata={"format": "pt"})


def _embedding_channels(state: State) -> tuple[int, ...]:
    """``conditioning_embedding_out_channels``: every second convolution of the embedding halves the size and widens
    (``ControlNetConditioningEmbedding`` in ``diffusers/models/controlnets/controlnet.py``)."""
    widths = [state["controlnet_cond_embedding.conv_in.weight"].shape[0]]
    while (name := f"controlnet_cond_embedding.blocks.{2 * len(widths) - 1}.weight") in state:
        widths.append(state[name].shape[0])
    return tuple(widths)


def _parameters(bundle: Path, config: dict[str, Any], graph: str) -> State:
    """Every parameter of a graph by its published name, as torch lays it out."""
    file = bundle / config["graphs"][graph]["file"]
    try:
        initializers = ir.load(file).graph.initializers
        return {
            name: _tensor(initializers[entry["initializer"]].const_value, entry["transposed"])
            for name, entry in config["weights"][graph].items()
        }
    except (OSError, KeyError, ValueError) as error:
        raise SarTrainerError(f"{file} can't be read, or {CARD_FILE} is of another bundle: {error!r}") from error


def _tensor(value: ir.TensorProtocol, transposed: bool) -> torch.Tensor:
    array = value.numpy()
    return torch.from_numpy(np.array(array.T if transposed else array, order="C"))


def _check(staged: Path) -> None:
    """Loads every network: a missing or misshapen parameter raises."""
    folder = DiffusersFolder.open(staged)
    models: list[ModelFolder] = [*map(folder.model, folder.components), *folder.controlnets]
    for model in models:
        model.load(torch.float32)
