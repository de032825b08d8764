"""The configuration of a run. ``schema`` checks it and knows the defaults; the dataclasses have the same keys."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sar_trainer.train.document import Document
from sar_trainer.train.schema import completed, flattened, path_keys

#: Keys that hold paths, relative to the configuration file.
PATHS = tuple(path_keys())


@dataclass(frozen=True)
class PhrasesConfig:
    drop: float
    shuffle: bool


@dataclass(frozen=True)
class PromptConfig:
    prefix: str
    replace: dict[str, str]
    phrases: PhrasesConfig | None
    empty: float


@dataclass(frozen=True)
class DataConfig:
    train: Path
    validation: Path | None
    resolution: tuple[int, int]
    """Width and height in pixels."""
    crop: str
    places: int | None
    mirror: bool
    prompt: PromptConfig
    masked: str


@dataclass(frozen=True)
class ComponentConfig:
    """How one component is trained; ``rank``, ``alpha`` and ``targets`` matter for ``lora`` only."""

    train: str
    learning_rate: float
    rank: int = 0
    alpha: float = 0.0
    targets: str | tuple[str, ...] = "attention"

    @property
    def trained(self) -> bool:
        return self.train != "frozen"


FROZEN = ComponentConfig("frozen", 0.0)


@dataclass(frozen=True)
class TokenConfig:
    text: str
    initialise: str
    learning_rate: float


@dataclass(frozen=True)
class KlConfig:
    weight: float
    bins: int
    bandwidth: float | None


@dataclass(frozen=True)
class PriorConfig:
    data: Path
    weight: float


@dataclass(frozen=True)
class DiffusionConfig:
    noise_offset: float
    timesteps: tuple[float, float]
    min_snr: float | None
    kl: KlConfig
    prior: PriorConfig | None


@dataclass(frozen=True)
class AutoencoderLosses:
    l1: float
    multiscale_l1: float
    local_moments: float
    spectrum: float
    adversarial: float
    kl_amplitude: float
    kl_latent: float


@dataclass(frozen=True)
class LatentsConfig:
    spread: tuple[float, float]
    noise: float


@dataclass(frozen=True)
class DiscriminatorConfig:
    learning_rate: float
    start: int
    scales: tuple[int, ...]


@dataclass(frozen=True)
class AutoencoderConfig:
    losses: AutoencoderLosses
    scales: tuple[int, ...]
    crop: int
    latents: LatentsConfig
    discriminator: DiscriminatorConfig


@dataclass(frozen=True)
class LowResolution:
    image_spacing: float
    spacing: float
    looks: float


@dataclass(frozen=True)
class Edges:
    window: int


@dataclass(frozen=True)
class Segmentation:
    column: str


@dataclass(frozen=True)
class Paired:
    column: str


@dataclass(frozen=True)
class ControlNetConfig:
    start: Path | None
    """Folder of an existing ControlNet; None: a copy of the UNet's encoder."""
    condition: LowResolution | Edges | Segmentation | Paired

    @property
    def column(self) -> str:
        """The column of ``metadata.jsonl`` that names the control images; empty where they are made."""
        return getattr(self.condition, "column", "")


@dataclass(frozen=True)
class DistilConfig:
    guidance: tuple[float, float]
    solver_steps: int


@dataclass(frozen=True)
class SarClipConfig:
    batch_negatives: str


@dataclass(frozen=True)
class OptimizerConfig:
    name: str
    betas: tuple[float, float]
    weight_decay: float
    epsilon: float


@dataclass(frozen=True)
class ScheduleConfig:
    name: str
    warmup: int


@dataclass(frozen=True)
class EmaConfig:
    decay: float


@dataclass(frozen=True)
class LoopConfig:
    """Section ``training``; one of ``epochs`` and ``steps`` is None."""

    epochs: int | None
    steps: int | None
    batch: int
    accumulation: int
    precision: str
    device: str
    gradient_checkpointing: bool
    optimizer: OptimizerConfig
    schedule: ScheduleConfig
    gradient_clip: float | None
    ema: EmaConfig | None
    threads: int | None


@dataclass(frozen=True)
class ValidationConfig:
    every: int
    prompts: tuple[str, ...]
    steps: int
    guidance: float
    seed: int
    images: int


@dataclass(frozen=True)
class CheckpointConfig:
    every: int
    keep: int


@dataclass(frozen=True)
class ExportConfig:
    bundle: bool
    dtype: str
    card: Path | None
    adapters: bool


@dataclass(frozen=True)
class TrainingConfig:
    """A configuration whose every key is known and right; all paths are absolute.

    ``token`` and the sections of other tasks are None. ``values`` is the same as plain data, defaults filled in.
    """

    name: str
    task: str
    model: Path
    initialise: str
    seed: int
    data: DataConfig
    components: dict[str, ComponentConfig]
    token: TokenConfig | None
    diffusion: DiffusionConfig | None
    autoencoder: AutoencoderConfig | None
    controlnet: ControlNetConfig | None
    sar_clip: SarClipConfig | None
    distil: DistilConfig | None
    training: LoopConfig
    validation: ValidationConfig
    checkpoints: CheckpointConfig
    export: ExportConfig
    values: dict[str, Any]

    @classmethod
    def read(cls, file: Path) -> TrainingConfig:
        """Reads and checks a YAML file. Raises ``ConfigurationError`` that names every key at fault, its line and a remedy."""
        return cls.parse(Document.read(file), file.resolve().parent)

    @classmethod
    def of(cls, values: dict[str, Any], folder: Path) -> TrainingConfig:
        """The same from plain data; ``folder`` is where relative paths start."""
        return cls.parse(Document.of(values), folder)

    @classmethod
    def parse(cls, document: Document, folder: Path) -> TrainingConfig:
        return _parsed(_resolved(completed(document), folder.resolve()))

    def component(self, name: str) -> ComponentConfig:
        """How ``name`` is trained; frozen when the configuration does not name it."""
        return self.components.get(name, FROZEN)

    @property
    def digest(self) -> str:
        """SHA-256 of the values, paths left out: the same for the same recipe anywhere."""
        plain = {key: value for key, value in flattened(self.values).items() if key not in PATHS}
        return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()


def _resolved(values: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Makes the paths absolute."""
    for dotted in PATHS:
        *parents, last = dotted.split(".")
        section: Any = values
        for parent in parents:
            section = (section or {}).get(parent)
        path = (section or {}).get(last)
        if path is not None and (dotted, path) != ("controlnet.from", "unet"):
            section[last] = str((folder / path).resolve())
    return values


def _parsed(values: dict[str, Any]) -> TrainingConfig:
    data, training, export = values["data"], values["training"], values["export"]
    resolution = data["resolution"]
    return TrainingConfig(
        name=values["name"],
        task=values["task"],
        model=Path(values["model"]),
        initialise=values["initialise"],
        seed=values["seed"],
        data=DataConfig(
            **data
            | {
                "train": Path(data["train"]),
                "validation": _path(data["validation"]),
                "resolution": (resolution, resolution) if isinstance(resolution, int) else tuple(resolution),
                "prompt": _prompt(data["prompt"]),
            }
        ),
        components={name: _component(component) for name, component in values["components"].items()},
        token=TokenConfig(**values["token"]) if values.get("token") is not None else None,
        diffusion=_diffusion(values["diffusion"]) if "diffusion" in values else None,
        autoencoder=_autoencoder(values["autoencoder"]) if "autoencoder" in values else None,
        controlnet=_controlnet(values["controlnet"]) if "controlnet" in values else None,
        sar_clip=SarClipConfig(**values["sar-clip"]) if "sar-clip" in values else None,
        distil=_distil(values["distil"]) if "distil" in values else None,
        training=LoopConfig(
            **{"epochs": None, "steps": None}
            | training
            | {
                "optimizer": OptimizerConfig(**training["optimizer"] | {"betas": tuple(training["optimizer"]["betas"])}),
                "schedule": ScheduleConfig(**training["schedule"]),
                "ema": EmaConfig(**training["ema"]) if training["ema"] is not None else None,
            }
        ),
        validation=ValidationConfig(**values["validation"] | {"prompts": tuple(values["validation"]["prompts"])}),
        checkpoints=CheckpointConfig(**values["checkpoints"]),
        export=ExportConfig(**export | {"card": _path(export["card"])}),
        values=values,
    )


def _prompt(values: dict[str, Any]) -> PromptConfig:
    phrases = values["phrases"]
    return PromptConfig(**values | {"phrases": None if phrases is None else PhrasesConfig(**phrases)})


def _distil(values: dict[str, Any]) -> DistilConfig:
    return DistilConfig(**values | {"guidance": tuple(values["guidance"])})


def _path(value: str | None) -> Path | None:
    return None if value is None else Path(value)


def _component(values: dict[str, Any]) -> ComponentConfig:
    component = ComponentConfig(values["train"], values["learning_rate"])
    if values["train"] != "lora":
        return component
    targets = values["targets"]
    return replace(
        component,
        rank=values["rank"],
        alpha=values["rank"] / 2 if values["alpha"] is None else float(values["alpha"]),
        targets=targets if isinstance(targets, str) else tuple(targets),
    )


def _diffusion(values: dict[str, Any]) -> DiffusionConfig:
    prior = values["prior"]
    return DiffusionConfig(
        **values
        | {
            "timesteps": tuple(values["timesteps"]),
            "kl": KlConfig(**values["kl"]),
            "prior": None if prior is None else PriorConfig(Path(prior["data"]), prior["weight"]),
        }
    )


def _autoencoder(values: dict[str, Any]) -> AutoencoderConfig:
    latents, discriminator = values["latents"], values["discriminator"]
    return AutoencoderConfig(
        losses=AutoencoderLosses(**values["losses"]),
        scales=tuple(values["scales"]),
        crop=values["crop"],
        latents=LatentsConfig(**latents | {"spread": tuple(latents["spread"])}),
        discriminator=DiscriminatorConfig(**discriminator | {"scales": tuple(discriminator["scales"])}),
    )


def _controlnet(values: dict[str, Any]) -> ControlNetConfig:
    kinds = {"low-resolution": LowResolution, "edges": Edges, "segmentation": Segmentation, "paired": Paired}
    condition = dict(values["condition"])
    start = None if values["from"] == "unet" else Path(values["from"])
    return ControlNetConfig(start, kinds[condition.pop("kind")](**condition))
