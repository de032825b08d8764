"""Writes the half precision ONNX graphs that the tests of runtime's package `weights` convert.

Run from the repository root, with torch, diffusers, onnx, onnxscript and onnxruntime installed:

    python runtime/src/test/python/make_weight_graphs.py runtime/src/test/resources/weights

Each case is a folder with `model.onnx` in half precision (and its external data, where it has
some) and `case.json`: inputs, and the outputs of the *single precision* graph with the same weights
in ONNX Runtime. For the exported networks that graph is a second export, of the network after its
weights were rounded to half precision and widened again; for the hand-made graph it is the same
graph built with single precision types.
"""

import json
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from onnx import TensorProto, helper, numpy_helper

SEED = 20240607
OPSET = 18


class Unet(torch.nn.Module):
    """The inputs and output of the UNet of an SDXL bundle."""

    def __init__(self):
        super().__init__()
        self.unet = UNet2DConditionModel(
            sample_size=8,
            block_out_channels=(8, 16),
            layers_per_block=1,
            down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
            up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
            attention_head_dim=(1, 2),
            use_linear_projection=True,
            cross_attention_dim=8,
            norm_num_groups=4,
            addition_embed_type="text_time",
            addition_time_embed_dim=4,
            projection_class_embeddings_input_dim=32,
        )

    def forward(self, sample, timestep, encoder_hidden_states, text_embeds, time_ids):
        return self.unet(
            sample,
            timestep,
            encoder_hidden_states=encoder_hidden_states,
            added_cond_kwargs={"text_embeds": text_embeds, "time_ids": time_ids},
            return_dict=False,
        )[0]

    def inputs(self, dtype):
        return {
            "sample": torch.randn(2, 4, 8, 8).to(dtype),
            "timestep": torch.tensor([500, 500]),
            "encoder_hidden_states": torch.randn(2, 5, 8).to(dtype),
            # Single precision always: diffusers joins them with single precision time embeddings,
            # and the exported Concat doesn't promote as torch does.
            "text_embeds": torch.randn(2, 8),
            "time_ids": torch.tensor([[8, 8, 0, 0, 8, 8]] * 2).to(dtype),
        }


class VaeDecoder(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.vae = AutoencoderKL(
            block_out_channels=(8, 16),
            down_block_types=("DownEncoderBlock2D",) * 2,
            up_block_types=("UpDecoderBlock2D",) * 2,
            latent_channels=4,
            norm_num_groups=4,
        )
        del self.vae.encoder

    def forward(self, latent_sample):
        return self.vae.decode(latent_sample, return_dict=False)[0]

    def inputs(self, dtype):
        return {"latent_sample": torch.randn(1, 4, 4, 4).to(dtype)}


def export(module, dtype, path, dynamo, external):
    torch.manual_seed(SEED)
    inputs = module.inputs(dtype)
    with torch.no_grad():
        torch.onnx.export(
            module.to(dtype),
            tuple(inputs.values()),
            path,
            input_names=list(inputs),
            output_names=["sample_out"],
            dynamo=dynamo,
            external_data=external,
            opset_version=OPSET,
            **({"verbose": False} if dynamo else {}),
        )
    model = onnx.load(path)
    # Stack traces name files of the machine that exported, and are most of the file.
    for node in [*model.graph.node, *(n for f in model.functions for n in f.node)]:
        kept = [p for p in node.metadata_props if p.key == "pkg.torch.onnx.name_scopes"]
        del node.metadata_props[:]
        node.metadata_props.extend(kept)
        node.doc_string = ""
    if not external:
        onnx.save(model, path)
        return
    Path(f"{path}.data").unlink(missing_ok=True)
    # onnx.save appends.
    Path(f"{path}_data").unlink(missing_ok=True)
    onnx.save(
        model,
        path,
        save_as_external_data=True,
        location=f"{path.name}_data",
        size_threshold=256,
    )


def run(path, inputs):
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    types = {"tensor(float)": np.float32, "tensor(float16)": np.float16, "tensor(int64)": np.int64}
    feeds = {i.name: inputs[i.name].astype(types[i.type]) for i in session.get_inputs()}
    return {o.name: v for o, v in zip(session.get_outputs(), session.run(None, feeds), strict=True)}


def tensor(array):
    return {
        "type": str(array.dtype),
        "shape": list(array.shape),
        "values": [v.item() for v in array.ravel()],
    }


def parameters(path):
    """Floating-point values among the initializers, by type."""
    counts = {}
    for weight in onnx.load(path).graph.initializer:
        if weight.data_type in (TensorProto.FLOAT, TensorProto.FLOAT16):
            name = TensorProto.DataType.Name(weight.data_type)
            counts[name] = counts.get(name, 0) + numpy_helper.to_array(weight).size
    return counts


def write_case(folder, inputs, expected):
    case = {
        "parameters": parameters(folder / "model.onnx"),
        "inputs": {name: tensor(value) for name, value in inputs.items()},
        "outputs": {name: tensor(value) for name, value in expected.items()},
    }
    (folder / "case.json").write_text(json.dumps(case) + "\n")
    half = run(folder / "model.onnx", inputs)
    for name, value in expected.items():
        scale = np.abs(value).max()
        error = np.abs(half[name].astype(np.float32) - value).max() / scale
        print(f"{folder.name}: {name} max {scale:.3g}, half precision is off by {error:.1e}")


def network(folder, network_class, dynamo, external):
    torch.manual_seed(SEED)
    # Exactly the weights that the half precision graph will hold.
    module = network_class().half().float().eval()
    torch.manual_seed(SEED)
    # Inputs that half precision holds exactly, so that both graphs see the same.
    inputs = module.inputs(torch.float16)
    inputs = {k: v.float() if v.is_floating_point() else v for k, v in inputs.items()}
    with torch.no_grad():
        reference = module(*inputs.values()).numpy()
    arrays = {name: value.numpy() for name, value in inputs.items()}
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        single = Path(temporary) / "model.onnx"
        export(module, torch.float32, single, dynamo, external=False)
        expected = run(single, arrays)
    print(folder.name, "export against torch:", np.abs(expected["sample_out"] - reference).max())
    export(module, torch.float16, folder / "model.onnx", dynamo, external)
    write_case(folder, arrays, expected)


def operators(half):
    """One graph with every place that an element type hides in."""
    kind = TensorProto.FLOAT16 if half else TensorProto.FLOAT
    dtype = np.float16 if half else np.float32

    def value(name, shape):
        return helper.make_tensor_value_info(name, kind, shape)

    def weights(name, array):
        return numpy_helper.from_array(np.asarray(array).astype(np.float16).astype(dtype), name)

    node = helper.make_node
    # Subnormals, the extremes and a mask, as the values of an int32_data field.
    odd = np.array([6e-8, -6e-5, 65504, -65504], np.float16)
    odd_weights = (
        helper.make_tensor("odd", kind, [4], odd)
        if not half
        else TensorProto(
            name="odd", data_type=kind, dims=[4], int32_data=odd.view(np.uint16).astype(int)
        )
    )
    then_graph = helper.make_graph(
        [node("Mul", ["x", "then_weight"], ["then_out"])],
        "then",
        [],
        [value("then_out", [2, 4])],
        [weights("then_weight", [0.1, 0.2, 0.3, 0.4])],
    )
    else_graph = helper.make_graph(
        [
            node("Constant", [], ["c"], value=weights("", [0.7])),
            node("Add", ["x", "c"], ["else_out"]),
        ],
        "else",
        [],
        [value("else_out", [2, 4])],
    )
    body = helper.make_graph(
        [
            node("Identity", ["keep_in"], ["keep_out"]),
            node("Mul", ["state_in", "loop_weight"], ["state_out"]),
        ],
        "body",
        [
            helper.make_tensor_value_info("i", TensorProto.INT64, []),
            helper.make_tensor_value_info("keep_in", TensorProto.BOOL, []),
            value("state_in", [2, 4]),
        ],
        [
            helper.make_tensor_value_info("keep_out", TensorProto.BOOL, []),
            value("state_out", [2, 4]),
        ],
        [weights("loop_weight", [1.1])],
    )

    def passed_on(name, from_name):
        integer = onnx.AttributeProto.INT
        return onnx.AttributeProto(name=name, type=integer, ref_attr_name=from_name)

    opset = helper.make_opsetid("", OPSET)
    inner = helper.make_function(
        "local",
        "AsType",
        ["a"],
        ["b"],
        [
            helper.make_node("Constant", [], ["third"], value_float=1 / 3),
            helper.make_node("Cast", ["third"], ["typed"]),
            helper.make_node("Mul", ["a", "typed"], ["b"]),
        ],
        [opset],
        ["kind"],
    )
    inner.node[1].attribute.append(passed_on("to", "kind"))
    outer = helper.make_function(
        "local",
        "Outer",
        ["a"],
        ["b"],
        [helper.make_node("AsType", ["a"], ["b"], domain="local")],
        [opset, helper.make_opsetid("local", 1)],
        ["element"],
    )
    outer.node[0].attribute.append(passed_on("kind", "element"))
    graph = helper.make_graph(
        [
            node("If", ["flag"], ["chosen"], then_branch=then_graph, else_branch=else_graph),
            node("Loop", ["trips", "", "chosen"], ["looped"], body=body),
            node("Outer", ["looped"], ["scaled"], domain="local", element=kind),
            node("Cast", ["scaled"], ["wide"], to=TensorProto.FLOAT),
            node("Cast", ["wide"], ["narrow"], to=kind),
            node("EyeLike", ["narrow"], ["eye"], dtype=kind),
            node(
                "ConstantOfShape",
                ["shape"],
                ["filled"],
                value=weights("", [0.25]),
            ),
            node("RandomUniform", [], ["noise"], dtype=kind, shape=[2, 4], low=0.0, high=1.0),
            node("Constant", [], ["zero"], value=weights("", [0.0])),
            node("Mul", ["noise", "zero"], ["nothing"]),
            node("Sum", ["narrow", "eye", "filled", "nothing"], ["sum"]),
            node("Mul", ["sum", "odd"], ["product"]),
            node("Clip", ["product", "lowest", "highest"], ["y"]),
        ],
        "operators",
        [value("x", [2, 4]), helper.make_tensor_value_info("flag", TensorProto.BOOL, [])],
        [value("y", [2, 4])],
        [
            odd_weights,
            weights("lowest", np.float16(-65504)),
            weights("highest", np.float16(65504)),
            numpy_helper.from_array(np.array(3, np.int64), "trips"),
            numpy_helper.from_array(np.array([2, 4], np.int64), "shape"),
        ],
        value_info=[value("chosen", [2, 4]), value("sum", [2, 4])],
    )
    model = helper.make_model(
        graph,
        opset_imports=[opset, helper.make_opsetid("local", 1)],
        functions=[inner, outer],
        producer_name="make_weight_graphs",
        ir_version=9,
    )
    onnx.checker.check_model(model)
    return model


def main(target):
    network(target / "unet_dynamo", Unet, dynamo=True, external=True)
    network(target / "unet_torchscript", Unet, dynamo=False, external=False)
    network(target / "vae_decoder", VaeDecoder, dynamo=True, external=False)
    folder = target / "operators"
    folder.mkdir(exist_ok=True)
    onnx.save(operators(half=True), folder / "model.onnx")
    x = np.random.default_rng(SEED).standard_normal((2, 4)).astype(np.float16).astype(np.float32)
    session = onnxruntime.InferenceSession(operators(half=False).SerializeToString())
    flag = np.array(True)
    (y,) = session.run(None, {"x": x, "flag": flag})
    case = {
        "inputs": {"x": tensor(x), "flag": tensor(flag)},
        "outputs": {"y": tensor(y)},
    }
    (folder / "case.json").write_text(json.dumps(case) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
