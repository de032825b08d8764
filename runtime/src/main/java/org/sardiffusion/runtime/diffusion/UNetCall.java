package org.sardiffusion.runtime.diffusion;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.runtime.schedule.LatentShape;
import org.sardiffusion.runtime.session.GraphSession;
import org.sardiffusion.runtime.session.HostTensor;

/**
 * The UNet with its conditioning in place: only latents and timestep change between calls, and all
 * buffers are reused.
 */
final class UNetCall implements AutoCloseable {
  private final List<HostTensor> tensors = new ArrayList<>();
  private final HostTensor sample;
  private final HostTensor timestep;
  private final HostTensor prediction;
  private Optional<ControlInputs> controlInputs = Optional.empty();
  private final GraphSession.Binding binding;

  /**
   * @param conditionings one for each image of all groups; the batch is the groups one after the
   *     other
   * @param latents of one group
   * @param guidanceEmbedding what a distilled UNet takes as {@code timestep_cond}, [width]; ignored
   *     by others
   * @param control what its ControlNets get, if the graph has any
   */
  UNetCall(
      GraphSession session,
      List<Conditioning> conditionings,
      Denoiser.Latents latents,
      float[] guidanceEmbedding,
      Optional<ControlScales> control) {
    Map<String, HostTensor> inputs = new HashMap<>();
    LatentShape shape = latents.shape();
    int batch = conditionings.size();
    Conditioning first = conditionings.get(0);
    try {
      sample =
          keep(session.newInput("sample", batch, shape.channels(), shape.height(), shape.width()));
      // Exports differ: a scalar, or a vector of one.
      timestep =
          keep(
              session.inputShape("timestep").length == 0
                  ? session.newInput("timestep")
                  : session.newInput("timestep", 1));
      HostTensor hidden =
          keep(
              session.newInput(
                  "encoder_hidden_states", batch, first.prompt().tokens(), first.prompt().width()));
      HostTensor pooled =
          keep(session.newInput("text_embeds", batch, first.prompt().pooled().length));
      HostTensor timeIds = keep(session.newInput("time_ids", batch, first.timeIds().length));
      for (int image = 0; image < batch; image++) {
        Conditioning conditioning = conditionings.get(image);
        hidden.put(image * conditioning.prompt().hidden().length, conditioning.prompt().hidden());
        pooled.put(image * conditioning.prompt().pooled().length, conditioning.prompt().pooled());
        timeIds.put(image * conditioning.timeIds().length, conditioning.timeIds());
      }
      inputs.put("sample", sample);
      inputs.put("timestep", timestep);
      inputs.put("encoder_hidden_states", hidden);
      inputs.put("text_embeds", pooled);
      inputs.put("time_ids", timeIds);
      if (session.hasInput("timestep_cond")) {
        HostTensor guidance =
            keep(session.newInput("timestep_cond", batch, guidanceEmbedding.length));
        for (int image = 0; image < batch; image++) {
          guidance.put(image * guidanceEmbedding.length, guidanceEmbedding);
        }
        inputs.put("timestep_cond", guidance);
      }
      controlInputs =
          control.map(
              c ->
                  new ControlInputs(
                      session,
                      c,
                      latents.size(),
                      conditionings.stream().map(Conditioning::control).toList()));
      controlInputs.ifPresent(c -> inputs.putAll(c.tensors()));
      prediction =
          keep(
              session.newOutput(
                  "out_sample", batch, shape.channels(), shape.height(), shape.width()));
      binding = session.bind(inputs, Map.of("out_sample", prediction));
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private HostTensor keep(HostTensor tensor) {
    tensors.add(tensor);
    return tensor;
  }

  /** Puts the scaled latents of one group of images into place. */
  void setSample(int group, float[] latents) {
    sample.put(group * latents.length, latents);
  }

  /** Evaluates the UNet, whose ControlNets see {@code control}. */
  void run(ModelCall at, ControlView control, Cancellation cancellation) {
    timestep.fill(at.timestep());
    controlInputs.ifPresent(inputs -> inputs.set(at, control));
    binding.run(cancellation);
  }

  /** Reads the prediction of one group of images. */
  void getPrediction(int group, float[] target) {
    prediction.get(group * target.length, target);
  }

  @Override
  public void close() {
    tensors.forEach(HostTensor::close);
    controlInputs.ifPresent(ControlInputs::close);
  }
}
