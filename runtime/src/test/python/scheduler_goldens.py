"""Runs diffusers' schedulers on a small pseudo-model and records what they do.

The samplers of org.sardiffusion.runtime.schedule are compared with what this script writes. Run it
with diffusers 0.42.1, torch 2.11 and scipy 1.17 on an x86-64 CPU:

    python scheduler_goldens.py ../resources/org/sardiffusion/runtime/internal/schedule/scheduler_goldens.json.gz

The pseudo-model uses only additions, products, quotients and absolute values of float32, so that
another language can follow it bit for bit. Noise is read from one stream, round and round, and
written into the file with everything else.
"""

import base64
import gzip
import inspect
import json
import sys
import warnings

import diffusers
import numpy as np
import torch

SHAPE = (2, 4, 4, 4)
LENGTH = int(np.prod(SHAPE))
STREAM_LENGTH = 1009  # a prime, so that draws do not repeat soon

CLASSES = {
    "euler": diffusers.EulerDiscreteScheduler,
    "euler_a": diffusers.EulerAncestralDiscreteScheduler,
    "ddim": diffusers.DDIMScheduler,
    "ddpm": diffusers.DDPMScheduler,
    "dpmpp_2m": diffusers.DPMSolverMultistepScheduler,
    "dpmpp_2m_sde": diffusers.DPMSolverMultistepScheduler,
    "unipc": diffusers.UniPCMultistepScheduler,
    "heun": diffusers.HeunDiscreteScheduler,
    "lms": diffusers.LMSDiscreteScheduler,
    "pndm": diffusers.PNDMScheduler,
    "lcm": diffusers.LCMScheduler,
}
KARRAS = ["euler", "dpmpp_2m", "dpmpp_2m_sde", "unipc", "heun", "lms"]
NAMES = [n for base in CLASSES for n in ([base, base + "_karras"] if base in KARRAS else [base])]

# The scheduler configuration that stabilityai/stable-diffusion-xl-base-1.0 ships.
SDXL = {
    "_class_name": "EulerDiscreteScheduler",
    "_diffusers_version": "0.19.0.dev0",
    "beta_end": 0.012,
    "beta_schedule": "scaled_linear",
    "beta_start": 0.00085,
    "clip_sample": False,
    "interpolation_type": "linear",
    "num_train_timesteps": 1000,
    "prediction_type": "epsilon",
    "sample_max_value": 1.0,
    "set_alpha_to_one": False,
    "skip_prk_steps": True,
    "steps_offset": 1,
    "timestep_spacing": "leading",
    "trained_betas": None,
    "use_karras_sigmas": False,
}


def encode(array):
    return base64.b64encode(np.asarray(array, dtype="<f4").tobytes()).decode("ascii")


class Stream:
    """Standard normal values, read round and round."""

    def __init__(self, values):
        self.values = values
        self.position = 0

    def draw(self, length):
        index = (self.position + np.arange(length)) % len(self.values)
        self.position += length
        return self.values[index]


def pseudo_model(scaled, t):
    """A smooth contraction that couples neighbouring values of one image; float32 throughout."""
    f = np.float32
    s = scaled.numpy().reshape(SHAPE[0], -1)
    neighbour = np.roll(s, -1, axis=1)
    own = s / (f(1) + f(0.25) * np.abs(s))
    other = neighbour / (f(1) + np.abs(neighbour))
    prediction = (f(0.8) * own + f(0.1) * other) + f(0.05) * (f(t) / f(1000))
    return torch.from_numpy(prediction.reshape(SHAPE))


def scheduler_for(case):
    config = case["config"]
    name = case["sampler"]
    if not name:
        return getattr(diffusers, config["_class_name"]).from_config(config)
    overrides = {}
    if name.endswith("_karras"):
        name = name.removesuffix("_karras")
        overrides["use_karras_sigmas"] = True
    if name == "dpmpp_2m":
        overrides["algorithm_type"] = "dpmsolver++"
    if name == "dpmpp_2m_sde":
        overrides["algorithm_type"] = "sde-dpmsolver++"
    return CLASSES[name].from_config(config, **overrides)


def run(case, values):
    stream = Stream(values)
    scheduler = scheduler_for(case)
    module = sys.modules[type(scheduler).__module__]

    def from_stream(shape, generator=None, device=None, dtype=None, layout=None):
        return torch.from_numpy(stream.draw(LENGTH).reshape(tuple(shape)))

    if hasattr(module, "randn_tensor"):
        module.randn_tensor = from_stream
    plan = dict(case["plan"])
    if "steps" in plan:
        plan["num_inference_steps"] = plan.pop("steps")
    scheduler.set_timesteps(**plan)
    sample = from_stream(SHAPE) * scheduler.init_noise_sigma
    extra = {}
    if "eta" in case:
        extra["eta"] = case["eta"]
    timesteps = scheduler.timesteps
    partial = []
    for index, t in enumerate(timesteps):
        scaled = scheduler.scale_model_input(sample, t)
        prediction = pseudo_model(scaled, t.item())
        sample = scheduler.step(prediction, t, sample, return_dict=False, **extra)[0]
        if index in (0, len(timesteps) // 2):
            partial.append(encode(sample.numpy().ravel()[::8]))
    result = {
        "timesteps": [float(t) for t in timesteps],
        "init_noise_sigma": float(scheduler.init_noise_sigma),
        "partial": partial,
        "draws": stream.position // LENGTH,
    }
    if not bool(torch.isfinite(sample).all()):
        return {"outcome": "nonfinite"}
    result["outcome"] = "ok"
    result["sample"] = encode(sample.numpy().ravel())
    return result


def cases():
    def case(sampler, plan, config=SDXL, **options):
        extra = {"eta": options.pop("eta")} if "eta" in options else {}
        plan = {"steps": plan} if isinstance(plan, int) else plan
        return {"sampler": sampler, "plan": plan, "config": {**config, **options}, **extra}

    bare = {"_class_name": "EulerDiscreteScheduler"}
    zero = {**SDXL, "rescale_betas_zero_snr": True, "prediction_type": "v_prediction"}
    for name in NAMES:
        for steps in (1, 2, 3, 4, 10, 25, 50):
            yield case(name, steps)
        for spacing in ("linspace", "trailing"):
            for steps in (3, 10, 25):
                yield case(name, steps, timestep_spacing=spacing)
        for prediction in ("v_prediction", "sample"):
            for steps in (5, 20):
                yield case(name, steps, prediction_type=prediction)
        for spacing in ("leading", "linspace", "trailing"):
            for steps in (2, 10):
                yield case(name, steps, zero, timestep_spacing=spacing)
        yield case(name, 10, zero, prediction_type="epsilon", timestep_spacing="trailing")
        yield case(name, 10, zero, prediction_type="sample", timestep_spacing="trailing")
        for steps in (4, 13):
            yield case(name, steps, bare)
        yield case(name, 8, beta_schedule="linear", beta_end=0.02)
        yield case(name, 8, beta_schedule="squaredcos_cap_v2")
        betas = [0.001 + 0.0002 * i for i in range(60)]
        yield case(name, 7, trained_betas=betas, num_train_timesteps=60)
        yield case(name, 9, num_train_timesteps=500, steps_offset=0)
        # numpy.arange makes 62 timesteps of this, of which the last is -1. On alpha products that
        # is the noisiest timestep and ruins the sample; the samplers leave it out.
        if name not in ("ddim", "ddpm", "pndm"):
            yield case(name, 61, timestep_spacing="trailing")
        yield case(name, 6, _use_default_values=["timestep_spacing", "beta_schedule"])
    for base in KARRAS:
        for key in ("use_exponential_sigmas", "use_beta_sigmas"):
            for steps in (1, 2, 10, 30):
                yield case(base, steps, **{key: True})
            yield case(base, 10, **{key: True, "timestep_spacing": "linspace", "sigma_min": 0.1, "sigma_max": 10.0})
            yield case(base + "_karras", 5, **{key: True})
            yield case(base, 12, zero, **{key: True})
        for steps in (4, 20):
            yield case(base + "_karras", steps, sigma_min=0.1, sigma_max=10.0)
            yield case(base + "_karras", steps, beta_schedule="squaredcos_cap_v2")
            yield case(base + "_karras", steps, zero, timestep_spacing="trailing")
        yield case(base, 10, use_karras_sigmas=True)
    # Rescaled betas whose last sigmas but one exceed the 4096 that the last is set to.
    unsorted = {**zero, "beta_schedule": "linear", "beta_start": 2.7e-4, "beta_end": 0.03}
    for name in ("euler", "euler_karras", "euler_a", "dpmpp_2m_karras", "unipc_karras"):
        for steps in (5, 37):
            yield case(name, steps, unsorted)
    for name in ("lms", "lms_karras"):
        for steps in (45, 60):
            yield case(name, steps)
            yield case(name, steps, num_train_timesteps=200, timestep_spacing="linspace")
    # Euler
    for steps in (1, 5, 20):
        yield case("euler", steps, interpolation_type="log_linear")
        yield case("euler_karras", steps, interpolation_type="log_linear")
        yield case("euler", steps, timestep_type="continuous", prediction_type="v_prediction")
        yield case("euler_karras", steps, timestep_type="continuous", prediction_type="v_prediction")
        yield case("euler", steps, timestep_type="continuous")
        yield case("euler", steps, final_sigmas_type="sigma_min")
    ays_timesteps = [999, 845, 730, 587, 443, 310, 193, 116, 53, 13]
    ays_sigmas = [14.615, 6.315, 3.771, 2.181, 1.342, 0.862, 0.555, 0.380, 0.234, 0.113, 0.0]
    for name in NAMES:
        yield case(name, {"timesteps": ays_timesteps})
        yield case(name, {"timesteps": [950, 500, 20]}, timestep_spacing="trailing")
        yield case(name, {"sigmas": ays_sigmas})
        yield case(name, {"sigmas": [9.0, 3.0, 0.5]}, timestep_spacing="trailing")
    yield case("euler", {"timesteps": ays_timesteps}, interpolation_type="log_linear")
    yield case("euler", {"timesteps": ays_timesteps}, timestep_type="continuous", prediction_type="v_prediction")
    yield case("euler", {"sigmas": ays_sigmas}, timestep_type="continuous", prediction_type="v_prediction")
    # DDIM, DDPM and LCM
    for name in ("ddim", "ddpm", "lcm"):
        for value in (0.5, 2.0):
            yield case(name, 8, clip_sample=True, clip_sample_range=value)
        for ratio in (0.5, 0.9, 0.995):
            yield case(name, 8, thresholding=True, dynamic_thresholding_ratio=ratio, sample_max_value=1.7)
        yield case(name, 8, set_alpha_to_one=True)
        yield case(name, 8, thresholding=True, sample_max_value=0.7, prediction_type="v_prediction")
        yield case(name, 1001)
        yield case(name, 1000)
    for eta in (0.3, 1.0):
        for spacing in ("leading", "linspace", "trailing"):
            yield case("ddim", 12, eta=eta, timestep_spacing=spacing)
            yield case("ddim", 12, zero, eta=eta, timestep_spacing=spacing)
    for variance in (
        "fixed_small",
        "fixed_small_log",
        "fixed_large",
        "fixed_large_log",
        "learned",
        "learned_range",
        None,
    ):
        yield case("ddpm", 10, variance_type=variance)
    for schedule in ("sigmoid", "laplace", "exp", "squaredcos_cap_v2", "nonsense"):
        yield case("ddpm", 10, beta_schedule=schedule)
        yield case("heun", 10, beta_schedule=schedule)
        yield case("euler", 10, beta_schedule=schedule)
    for steps in (1, 2, 4, 8, 20, 21):
        yield case("lcm", steps, original_inference_steps=20, timestep_scaling=5.0)
    yield case("lcm", 4, timestep_scaling=0.01)
    yield case("lcm", 51)
    # PNDM
    for steps in (1, 2, 3, 4, 5, 10, 25, 50):
        for spacing in ("leading", "linspace", "trailing"):
            yield case("pndm", steps, skip_prk_steps=False, timestep_spacing=spacing)
    yield case("pndm", 10, skip_prk_steps=False, prediction_type="v_prediction")
    yield case("pndm", 10, prediction_type="v_prediction", set_alpha_to_one=True)
    # Heun
    yield case("heun", 8, clip_sample=True, clip_sample_range=1.5)
    yield case("heun_karras", 8, clip_sample=True, clip_sample_range=1.5, prediction_type="v_prediction")
    # DPM-Solver
    dpm = {**SDXL, "_class_name": "DPMSolverMultistepScheduler"}
    for order in (1, 2, 3):
        for solver in ("midpoint", "heun"):
            for algorithm in ("dpmsolver++", "sde-dpmsolver++", "dpmsolver", "sde-dpmsolver"):
                if algorithm == "sde-dpmsolver" and order == 3:
                    continue  # diffusers has no third-order update for it
                final = "zero" if algorithm.endswith("++") else "sigma_min"
                options = {"solver_order": order, "solver_type": solver, "algorithm_type": algorithm}
                for steps in (3, 6, 16):
                    yield case("", steps, dpm, final_sigmas_type=final, **options)
                for prediction in ("v_prediction", "sample"):
                    yield case("", 8, dpm, final_sigmas_type=final, prediction_type=prediction, **options)
        for lower in (True, False):
            for euler in (True, False):
                for final in ("zero", "sigma_min"):
                    for steps in (9, 20):
                        options = {"solver_order": order, "lower_order_final": lower, "euler_at_final": euler}
                        yield case("dpmpp_2m", steps, final_sigmas_type=final, **options)
    yield case("", 8, dpm, algorithm_type="dpmsolver")
    yield case("", 8, dpm, algorithm_type="deis", solver_type="logrho")
    for spacing in ("leading", "linspace", "trailing"):
        yield case("dpmpp_2m", 8, lambda_min_clipped=-1.5, timestep_spacing=spacing)
        yield case("dpmpp_2m", 8, lambda_min_clipped=-5.1, timestep_spacing=spacing, beta_schedule="squaredcos_cap_v2")
    for steps in (2, 10, 30):
        yield case("dpmpp_2m", steps, use_lu_lambdas=True)
        yield case("dpmpp_2m_sde", steps, use_lu_lambdas=True, beta_schedule="squaredcos_cap_v2")
    for name in ("dpmpp_2m", "dpmpp_2m_sde", "unipc"):
        for ratio in (0.5, 0.995):
            yield case(name, 8, thresholding=True, dynamic_thresholding_ratio=ratio, sample_max_value=1.7)
        yield case(name, 8, solver_type="bh2")
        yield case(name, 8, solver_type="midpoint")
    yield case(
        "", 8, dpm, algorithm_type="dpmsolver", final_sigmas_type="sigma_min", thresholding=True, sample_max_value=1.7
    )
    yield case("dpmpp_2m", 8, variance_type="learned")
    yield case("dpmpp_2m", 8, variance_type="fixed_small")
    # UniPC
    for order in (1, 2, 3):
        for solver in ("bh1", "bh2"):
            for predict_x0 in (True, False):
                for final in ("zero", "sigma_min"):
                    options = {"solver_order": order, "solver_type": solver, "predict_x0": predict_x0}
                    for steps in (2, 7, 20):
                        yield case("unipc", steps, final_sigmas_type=final, **options)
        for predict_x0 in (True, False):
            for prediction in ("v_prediction", "sample"):
                options = {"solver_order": order, "predict_x0": predict_x0, "prediction_type": prediction}
                yield case("unipc", 10, **options)
        for disabled in ([0], [0, 1, 5]):
            yield case("unipc", 9, solver_order=order, disable_corrector=disabled)
        yield case("unipc", 9, solver_order=order, lower_order_final=False, timestep_spacing="linspace")
        yield case("unipc", 9, solver_order=order, lower_order_final=False, final_sigmas_type="sigma_min")
    # Options that the class asked for honours and this library does not have, or that make no sense.
    yield case("dpmpp_2m", 8, prediction_type="nonsense")
    yield case("ddim", 8, timestep_spacing="nonsense")
    yield case("euler", 8, final_sigmas_type="nonsense")
    yield case("euler", 8, interpolation_type="nonsense")
    yield case("dpmpp_2m", 8, algorithm_type="nonsense", config={**dpm})
    yield case("unipc", 8, solver_type="nonsense")
    yield case("unipc", 8, shift_terminal=0.1)


def signatures():
    """The defaults of each class, as its constructor has them."""
    result = {}
    for cls in dict.fromkeys(CLASSES.values()):
        parameters = list(inspect.signature(cls.__init__).parameters.values())[1:]
        result[cls.__name__] = {p.name: p.default for p in parameters}
    return result


def alpha_products():
    result = []
    for options in (
        {"beta_schedule": "linear"},
        {"beta_schedule": "scaled_linear"},
        {"beta_schedule": "squaredcos_cap_v2"},
        {"beta_schedule": "sigmoid"},
        {"beta_schedule": "laplace"},
        {"beta_schedule": "scaled_linear", "rescale_betas_zero_snr": True},
        {"beta_schedule": "scaled_linear", "num_train_timesteps": 37},
    ):
        config = {**SDXL, **options}
        scheduler = diffusers.DDPMScheduler.from_config(config)
        result.append({"config": config, "alphas_cumprod": encode(scheduler.alphas_cumprod.numpy())})
    return result


def logarithms():
    arguments = np.exp(np.random.RandomState(3).uniform(-9, 9, 4000)).astype(np.float32)
    return {"arguments": encode(arguments), "values": encode(np.log(arguments))}


def main(path):
    warnings.filterwarnings("ignore")
    diffusers.utils.logging.set_verbosity_error()
    np.seterr(all="ignore")
    values = np.random.RandomState(20).standard_normal(STREAM_LENGTH).astype(np.float32)
    results = []
    for case in cases():
        try:
            result = run(case, values)
        except (ValueError, NotImplementedError, IndexError, TypeError, RuntimeError, AssertionError) as error:
            result = {"outcome": "error", "message": f"{type(error).__name__}: {str(error)[:160]}"}
        results.append({**case, **result})
    content = {
        "versions": {
            "diffusers": diffusers.__version__,
            "torch": torch.__version__.split("+")[0],
            "numpy": np.__version__,
        },
        "shape": SHAPE,
        "noise": encode(values),
        "signatures": signatures(),
        "alpha_products": alpha_products(),
        "logs": logarithms(),
        "cases": results,
    }
    text = json.dumps(content, separators=(",", ":"))
    with open(path, "wb") as raw, gzip.GzipFile(fileobj=raw, mode="wb", compresslevel=9, mtime=0, filename="") as out:
        out.write(text.encode("utf-8"))
    outcomes = [r["outcome"] for r in results]
    print({o: outcomes.count(o) for o in sorted(set(outcomes))})
    for r in results:
        if r["outcome"] != "ok":
            options = {k: v for k, v in r["config"].items() if SDXL.get(k) != v and k != "trained_betas"}
            print(r["outcome"], r["sampler"], r["plan"], options, r.get("eta", ""), r.get("message", ""))


if __name__ == "__main__":
    main(sys.argv[1])
