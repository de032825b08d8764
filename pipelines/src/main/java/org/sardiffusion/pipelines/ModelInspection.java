package org.sardiffusion.pipelines;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;
import org.sardiffusion.runtime.bundle.Bundle;
import org.sardiffusion.runtime.bundle.BundleException;
import org.sardiffusion.runtime.bundle.BundlePart;
import org.sardiffusion.runtime.bundle.ModelIdentity;
import org.sardiffusion.runtime.bundle.SarConfig;
import org.sardiffusion.runtime.diffusion.ControlNets;
import org.sardiffusion.runtime.schedule.SchedulerConfig;
import org.sardiffusion.runtime.text.ClipTokenizer;
import org.sardiffusion.runtime.text.SpecialTokens;
import org.sardiffusion.runtime.weights.GraphValue;
import org.sardiffusion.runtime.weights.Initializer;
import org.sardiffusion.runtime.weights.OnnxGraph;
import org.sardiffusion.runtime.weights.Precision;

/**
 * What a model bundle holds, read without loading a weight.
 *
 * @param bundle the bundle itself
 * @param identity its name and its hash
 * @param graphs the graphs that it has, in the order of {@link BundlePart}
 * @param tokenizers the tokenizers that it has, of the first text encoder first
 * @param scheduler how it was trained to be sampled
 * @param controlNets names of the ControlNets that are baked in, in the order of their images
 */
public record ModelInspection(
    Bundle bundle,
    ModelIdentity identity,
    List<Graph> graphs,
    List<Tokenizer> tokenizers,
    Scheduler scheduler,
    List<String> controlNets) {

  /** What fine-tuning of SDXL on SAR images calls its token where the model doesn't say. */
  private static final String USUAL_TRIGGER_TOKEN = "<SAR>";

  /**
   * One graph. What the UNet's second graph reads from the first one's data counts only there.
   *
   * @param precision of its weights
   * @param parameters number of floating-point weights
   * @param bytes of the graph and its external data
   * @param opset version of ONNX's operators
   * @param producer what exported it; may be empty
   */
  public record Graph(
      BundlePart part,
      Precision precision,
      long parameters,
      long bytes,
      long opset,
      String producer,
      List<GraphValue> inputs,
      List<GraphValue> outputs) {

    /**
     * Reads the graph of one part.
     *
     * @throws org.sardiffusion.runtime.weights.WeightsException if it is damaged
     */
    public static Graph of(Bundle bundle, BundlePart part) {
      OnnxGraph graph = OnnxGraph.read(bundle.graph(part));
      Set<Path> shared =
          part == BundlePart.UNET_CONTROLNET
              ? OnnxGraph.read(bundle.graph(BundlePart.UNET)).externalFiles()
              : Set.of();
      Set<Path> files = new LinkedHashSet<>(graph.externalFiles());
      files.add(graph.file());
      files.removeAll(shared);
      long borrowed =
          graph.initializers().values().stream()
              .filter(weight -> weight.type().isFloatingPoint())
              .filter(
                  weight ->
                      weight.location() instanceof Initializer.Location.External external
                          && shared.contains(external.file()))
              .mapToLong(Initializer::elementCount)
              .sum();
      return new Graph(
          part,
          graph.precision(),
          graph.parameterCount() - borrowed,
          files.stream().mapToLong(ModelInspection::length).sum(),
          graph.opset(),
          graph.producer(),
          graph.inputs(),
          graph.outputs());
    }
  }

  /**
   * One tokenizer.
   *
   * @param folder its folder in the bundle
   * @param vocabularySize tokens, added ones included
   * @param maxLength tokens that the text encoder reads, start and end included
   * @param special the tokens with a role
   * @param triggerToken the token that calls SAR imagery
   * @param triggerId its id; empty where this tokenizer would split it
   */
  public record Tokenizer(
      String folder,
      int vocabularySize,
      int maxLength,
      SpecialTokens special,
      String triggerToken,
      OptionalInt triggerId) {}

  /**
   * The bundle's scheduler.
   *
   * @param className its class in diffusers
   * @param options those that are set: neither null nor false
   */
  public record Scheduler(String className, Map<String, String> options) {}

  /**
   * Inspects a bundle. Its graphs and tokenizers are read and checked; a bundle that lists no
   * hashes is read whole for its identity.
   *
   * @throws org.sardiffusion.core.SarDiffusionException if a part is damaged
   */
  public static ModelInspection of(Bundle bundle) {
    List<Graph> graphs =
        Arrays.stream(BundlePart.values())
            .filter(bundle::has)
            .map(part -> Graph.of(bundle, part))
            .toList();
    List<Tokenizer> tokenizers =
        Stream.of("tokenizer", "tokenizer_2")
            .filter(folder -> Files.isDirectory(bundle.root().resolve(folder)))
            .map(folder -> tokenizer(bundle, folder))
            .toList();
    return new ModelInspection(
        bundle,
        ModelIdentity.of(bundle),
        graphs,
        tokenizers,
        scheduler(bundle),
        ControlNets.of(bundle));
  }

  private static Tokenizer tokenizer(Bundle bundle, String folder) {
    String trigger = bundle.sar().flatMap(SarConfig::triggerToken).orElse(USUAL_TRIGGER_TOKEN);
    try (ClipTokenizer tokenizer = ClipTokenizer.load(bundle.root().resolve(folder))) {
      return new Tokenizer(
          folder,
          tokenizer.vocabularySize(),
          tokenizer.maxLength(),
          tokenizer.specialTokens(),
          trigger,
          tokenizer.tokenId(trigger));
    }
  }

  private static Scheduler scheduler(Bundle bundle) {
    SchedulerConfig config =
        SchedulerConfig.read(bundle.schedulerConfig(), bundle.schedulerClass());
    Map<String, String> options = new LinkedHashMap<>();
    config
        .toJson()
        .properties()
        .forEach(
            entry -> {
              boolean set =
                  !entry.getValue().isNull()
                      && !(entry.getValue().isBoolean() && !entry.getValue().booleanValue());
              if (set && !entry.getKey().startsWith("_")) {
                options.put(entry.getKey(), entry.getValue().asText());
              }
            });
    return new Scheduler(config.className(), options);
  }

  private static long length(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new BundleException("Can't read " + file + ": " + e.getMessage(), e);
    }
  }

  /** Number of floating-point weights in all graphs. */
  public long parameters() {
    return graphs.stream().mapToLong(Graph::parameters).sum();
  }

  /** Bytes of all graphs and their external data. */
  public long bytes() {
    return graphs.stream().mapToLong(Graph::bytes).sum();
  }

  /** How precisely the UNet's weights are stored, which decides speed and memory. */
  public Precision precision() {
    return graph(BundlePart.UNET).orElseThrow().precision();
  }

  /** The graph of {@code part}, where the bundle has it. */
  public Optional<Graph> graph(BundlePart part) {
    return graphs.stream().filter(graph -> graph.part() == part).findFirst();
  }
}
