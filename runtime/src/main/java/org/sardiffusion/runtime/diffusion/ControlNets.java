package org.sardiffusion.runtime.diffusion;

import java.util.List;
import java.util.stream.IntStream;
import org.sardiffusion.runtime.bundle.Bundle;
import org.sardiffusion.runtime.bundle.BundlePart;
import org.sardiffusion.runtime.weights.Dimension;
import org.sardiffusion.runtime.weights.GraphValue;
import org.sardiffusion.runtime.weights.OnnxGraph;

/** The ControlNets that are baked into a model. */
public final class ControlNets {
  private ControlNets() {}

  /**
   * Their names, in the order of their control images: those that {@code sar_config.json} gives,
   * else {@code controlnet}, {@code controlnet_1}, ...; none where the model has no such graph.
   */
  public static List<String> of(Bundle bundle) {
    if (!bundle.has(BundlePart.UNET_CONTROLNET)) {
      return List.of();
    }
    int count = count(OnnxGraph.read(bundle.graph(BundlePart.UNET_CONTROLNET)));
    List<String> declared = bundle.sar().map(sar -> sar.controlNets()).orElse(List.of());
    return declared.size() == count
        ? declared
        : IntStream.range(0, count)
            .mapToObj(k -> k == 0 ? "controlnet" : "controlnet_" + k)
            .toList();
  }

  private static int count(OnnxGraph graph) {
    return graph.inputs().stream()
        .filter(input -> input.name().equals("controlnet_scales"))
        .findFirst()
        .flatMap(GraphValue::shape)
        .filter(shape -> shape.size() == 1)
        .map(shape -> shape.get(0))
        .filter(Dimension.Fixed.class::isInstance)
        .map(dimension -> Math.toIntExact(((Dimension.Fixed) dimension).size()))
        .orElseThrow(
            () ->
                new GenerationException(
                    graph.file()
                        + " does not say how many ControlNets it holds: export the model again with sar-diffusion"
                        + " export."));
  }
}
