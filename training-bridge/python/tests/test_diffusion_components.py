"""Each component in each mode: what changes, what stays to the bit, and what the saved folder computes."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import peft
import pytest
import torch
from diffusers import StableDiffusionXLPipeline
from diffusion_cases import WEIGHTS, configuration, image_batch, task, train, weights, write_images, write_model
from safetensors.torch import load_file, save_file

from sar_trainer.export.source import DiffusersFolder
from sar_trainer.train.draws import Draws
from sar_trainer.train.schema import ConfigurationError

LORA = {"train": "lora", "rank": 4, "alpha": 6, "learning_rate": 1e-2}
FULL = {"train": "full", "learning_rate": 1e-3}
KL = {"kl": {"weight": 0.5}}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_model(tmp_path_factory.mktemp("components") / "model")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_images(tmp_path_factory.mktemp("data") / "train")


CASES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "unet-full": ({"unet": FULL}, {}),
    "unet-lora": ({"unet": LORA}, {}),
    "unet-lora-convolutions": ({"unet": LORA | {"targets": "attention+convolutions"}}, {}),
    "unet-lora-named": ({"unet": LORA | {"targets": ["to_q", "ff.net.2", "proj_in"]}}, {}),
    "text_encoder-full": ({"text_encoder": FULL}, {}),
    "text_encoder-lora": ({"text_encoder": LORA}, {}),
    "text_encoder_2-full": ({"text_encoder_2": FULL}, {}),
    "text_encoder_2-lora": ({"text_encoder_2": LORA}, {}),
    "vae_encoder-full": ({"vae_encoder": FULL}, {}),
    "vae_encoder-lora": ({"vae_encoder": LORA | {"targets": "attention+convolutions"}}, {}),
    "vae_decoder-full": ({"vae_decoder": FULL}, KL),
    "vae_decoder-lora": ({"vae_decoder": LORA}, KL),
    "all": ({"unet": LORA, "vae_encoder": FULL, "vae_decoder": LORA, "text_encoder": LORA, "text_encoder_2": FULL}, KL),
}


@pytest.mark.parametrize("case", CASES)
def test_only_the_component_changes_and_the_folder_computes_the_same(
    case: str, model: Path, data: Path, tmp_path: Path
) -> None:
    components, diffusion = CASES[case]
    config = configuration(model, data, components=components, diffusion=diffusion)
    trained = task(config)
    batch = image_batch(config)
    losses = train(trained, batch)
    assert losses[-1] < losses[0]
    saved = trained.save(tmp_path)

    prefixes = {"vae_encoder": ("encoder.", "quant_conv."), "vae_decoder": ("decoder.", "post_quant_conv.")}
    for network in WEIGHTS:
        before, after = weights(model, network), weights(saved.model, network)
        assert before.keys() == after.keys()
        allowed = tuple(
            prefix
            for component in components
            if component.startswith(network)
            for prefix in prefixes.get(component, ("",) if component == network else ())
        )
        changed = {name for name in before if not torch.equal(before[name], after[name])}
        assert all(name.startswith(allowed) for name in changed), changed
        for component in components:
            if component == network or (network == "vae" and component in prefixes):
                wanted = prefixes.get(component, ("",))
                assert any(name.startswith(wanted) for name in changed), component

    again = task(configuration(saved.model, data, components=components, diffusion=diffusion))
    assert again.loss("model", batch, Draws(0, 0, 0)).total.item() == pytest.approx(losses[-1], rel=1e-4)
    assert DiffusersFolder.open(saved.model).load("text_encoder", torch.float32) is not None


def test_merged_weights_are_those_of_peft_and_the_adapter_file_gives_the_same_pictures(
    model: Path, data: Path, tmp_path: Path
) -> None:
    components = {
        "unet": LORA | {"targets": "attention+convolutions"},
        "text_encoder": LORA,
        "text_encoder_2": LORA | {"rank": 2, "alpha": None},
    }
    config = configuration(model, data, components=components)
    trained = task(config)
    train(trained, image_batch(config))
    saved = trained.save(tmp_path)

    reference = DiffusersFolder.open(model).load("unet", torch.float32)
    targets = ["to_q", "to_k", "to_v", "to_out.0", "conv1", "conv2"]
    wrapped = peft.get_peft_model(reference, peft.LoraConfig(r=4, lora_alpha=6, target_modules=targets))
    live = trained.modules["unet"].state_dict()
    wrapped.load_state_dict({f"base_model.model.{name}": value for name, value in live.items()})
    merged = wrapped.merge_and_unload().state_dict()
    found = weights(saved.model, "unet")
    assert merged.keys() == found.keys()
    for name, value in merged.items():
        torch.testing.assert_close(found[name], value, rtol=0, atol=1e-6)

    def picture(pipeline: StableDiffusionXLPipeline) -> torch.Tensor:
        pipeline.set_progress_bar_config(disable=True)
        generator = torch.Generator().manual_seed(3)
        return pipeline(
            "forest 2", width=16, height=16, num_inference_steps=3, generator=generator, output_type="latent"
        ).images

    adapted = StableDiffusionXLPipeline.from_pretrained(model, local_files_only=True)
    plain = picture(adapted)
    adapted.load_lora_weights(saved.adapters[0].parent, weight_name=saved.adapters[0].name)
    expected = picture(StableDiffusionXLPipeline.from_pretrained(saved.model, local_files_only=True))
    torch.testing.assert_close(picture(adapted), expected, rtol=0, atol=1e-4)
    assert (plain - expected).abs().max() > 1e-2


def test_gradient_checkpointing_changes_nothing(model: Path, data: Path) -> None:
    components = {"unet": LORA, "text_encoder": FULL, "text_encoder_2": LORA, "vae_decoder": FULL}
    gradients = []
    for checkpointing in (False, True):
        training = {"gradient_checkpointing": checkpointing}
        config = configuration(model, data, components=components, diffusion=KL, training=training)
        trained = task(config)
        trained.loss("model", image_batch(config), Draws(0, 0, 0)).total.backward()
        gradients.append({n: p.grad for g in trained.trainables[0].groups for n, p in g.parameters.items()})
    assert gradients[0].keys() == gradients[1].keys()
    for name, gradient in gradients[0].items():
        torch.testing.assert_close(gradients[1][name], gradient, rtol=1e-4, atol=1e-7)


def test_new_lora_leaves_the_model_as_it_was_and_only_its_second_matrix_gets_a_gradient(model: Path, data: Path) -> None:
    config = configuration(model, data, components={"unet": LORA})
    plain, adapted = task(configuration(model, data)), task(config)
    batch = image_batch(config)
    loss = adapted.loss("model", batch, Draws(0, 0, 0)).total
    assert loss.item() == plain.loss("model", batch, Draws(0, 0, 0)).total.item()
    loss.backward()
    (group,) = adapted.trainables[0].groups
    assert all(parameter.grad.any() == ("lora_B" in name) for name, parameter in group.parameters.items())
    assert {name for name, parameter in adapted.modules["unet"].named_parameters() if parameter.requires_grad} == {
        name.removeprefix("unet.") for name in group.parameters
    }


def test_what_is_not_trained_is_copied_but_for_what_speaks_of_the_old_weights(model: Path, data: Path, tmp_path: Path) -> None:
    base = shutil.copytree(model, tmp_path / "base")
    (base / "feature_extractor").mkdir()
    (base / "feature_extractor/preprocessor_config.json").write_text("{}")
    (base / "README.md").write_text("The old model.")
    (tmp_path / "out").mkdir()
    saved = task(configuration(base, data, export={"adapters": False})).save(tmp_path / "out")
    names = {path.name for path in base.iterdir()} - {"README.md"}
    assert {path.name for path in saved.model.iterdir()} == names
    for name in (
        "model_index.json",
        "scheduler/scheduler_config.json",
        "tokenizer/tokenizer.json",
        "feature_extractor/preprocessor_config.json",
    ):
        assert (saved.model / name).read_bytes() == (base / name).read_bytes()
    assert saved.adapters == () and not (tmp_path / "out/adapters").exists()


def test_half_precision_models_are_saved_in_float32_with_the_same_values(model: Path, data: Path, tmp_path: Path) -> None:
    half = shutil.copytree(model, tmp_path / "half")
    for network, stem in WEIGHTS.items():
        file = half / network / f"{stem}.safetensors"
        save_file({name: value.half() for name, value in load_file(file).items()}, file)
    trained = task(configuration(half, data))
    train(trained, image_batch(configuration(half, data)), 1)
    (tmp_path / "out").mkdir()
    saved = trained.save(tmp_path / "out").model
    for network in WEIGHTS:
        before, after = weights(half, network), weights(saved, network)
        assert {value.dtype for value in after.values()} == {torch.float32}
        assert all(torch.equal(after[name], value.float()) for name, value in before.items()) == (network != "unet")
    pipeline = StableDiffusionXLPipeline.from_pretrained(saved, local_files_only=True)
    assert {pipeline.components[network].dtype for network in WEIGHTS} == {torch.float32}


def test_learning_rates_are_those_of_the_components(model: Path, data: Path) -> None:
    components = {"unet": FULL, "text_encoder": LORA, "vae_encoder": {"train": "full", "learning_rate": 7e-4}}
    trained = task(configuration(model, data, components=components))
    assert {g.name: g.learning_rate for g in trained.trainables[0].groups} == {
        "unet": 1e-3,
        "text_encoder": 1e-2,
        "vae_encoder": 7e-4,
    }
    assert set(trained.modules) == {"unet", "text_encoder", "vae"}


@pytest.mark.parametrize(
    ("components", "data_changes", "key"),
    [
        ({"unet": LORA | {"targets": ["to_q", "nothing"]}}, {}, "components.unet.targets"),
        ({"text_encoder": LORA | {"targets": ["conv1"]}}, {}, "components.text_encoder.targets"),
        ({"unet": FULL}, {"resolution": [16, 14]}, "data.resolution"),
    ],
)
def test_what_could_not_be_trained_is_refused_by_its_key(
    components: dict, data_changes: dict, key: str, model: Path, data: Path
) -> None:
    with pytest.raises(ConfigurationError, match=key) as error:
        task(configuration(model, data, components=components, data=data_changes))
    assert error.value.key == key


def test_random_weights_come_from_the_seed_and_the_frozen_ones_from_the_folder(model: Path, data: Path) -> None:
    config = configuration(model, data, initialise="random", components={"unet": FULL, "text_encoder": FULL})
    first, second = task(config), task(config)
    other = task(configuration(model, data, initialise="random", seed=1, components={"unet": FULL}))
    states = [trained.modules["unet"].state_dict() for trained in (first, second, other)]
    assert all(torch.equal(value, states[1][name]) for name, value in states[0].items())
    assert any(not torch.equal(value, states[2][name]) for name, value in states[0].items())
    assert first.model.drawn == ["text_encoder", "unet"]
    vae = weights(model, "vae")
    assert all(torch.equal(vae[name], value) for name, value in first.model.networks["vae"].state_dict().items())
