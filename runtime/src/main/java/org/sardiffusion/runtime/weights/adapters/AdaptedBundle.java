package org.sardiffusion.runtime.weights.adapters;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.sardiffusion.runtime.bundle.Bundle;
import org.sardiffusion.runtime.bundle.BundlePart;
import org.sardiffusion.runtime.bundle.WeightNames;
import org.sardiffusion.runtime.internal.safetensors.SafeTensor;
import org.sardiffusion.runtime.text.ClipTokenizer;
import org.sardiffusion.runtime.weights.FloatArray;
import org.sardiffusion.runtime.weights.FloatValues;
import org.sardiffusion.runtime.weights.ModuleWeight;
import org.sardiffusion.runtime.weights.ModuleWeights;
import org.sardiffusion.runtime.weights.OnnxGraph;
import org.sardiffusion.runtime.weights.WeightChange;
import org.sardiffusion.runtime.weights.WeightEdit;

/**
 * A bundle with the changes that adapters make to it. Every key of every file has been found to fit
 * a weight of the bundle; no weight has been read yet.
 */
public final class AdaptedBundle {
  private static final String TOKEN_TABLE = "embeddings.token_embedding";
  private static final List<BundlePart> ENCODERS =
      List.of(BundlePart.TEXT_ENCODER, BundlePart.TEXT_ENCODER_2);
  private static final List<BundlePart> PARTS =
      List.of(BundlePart.UNET, BundlePart.TEXT_ENCODER, BundlePart.TEXT_ENCODER_2);

  private final Bundle bundle;
  private final Map<BundlePart, ModuleWeights> weights = new EnumMap<>(BundlePart.class);
  private final Map<BundlePart, Map<Target, List<Change>>> changes =
      new EnumMap<>(BundlePart.class);
  private final Map<BundlePart, NewTokens> tokens = new EnumMap<>(BundlePart.class);
  private final Set<String> learned = new LinkedHashSet<>();
  private final List<String> warnings = new ArrayList<>();

  /** A parameter of a module. */
  private record Target(String module, boolean bias) {
    ModuleWeight in(ModuleWeights index) {
      return (bias ? index.bias(module) : index.find(module)).orElseThrow();
    }
  }

  /** Whether one change or the sum of low-rank products. */
  private sealed interface Change {
    WeightChange rewriting();

    /** A product that is added. */
    record Product(WeightEdit.Factors factors) implements Change {
      @Override
      public WeightChange rewriting() {
        return (values, shape) -> {
          float[] product =
              Deltas.product(factors.up().toFloats(), factors.rank(), factors.down().toFloats());
          for (int i = 0; i < values.length; i++) {
            values[i] += (float) (factors.scale() * product[i]);
          }
        };
      }
    }

    /** Anything else. */
    record Other(WeightChange rewriting) implements Change {}
  }

  /** Tokens for one encoder, and their vectors one after the other. */
  private record NewTokens(long first, List<String> names, List<FloatValues> vectors) {}

  private AdaptedBundle(Bundle bundle, Adapters adapters) {
    this.bundle = bundle;
    if (!adapters.isEmpty()) {
      for (BundlePart part : PARTS) {
        if (bundle.has(part)) {
          weights.put(part, index(part, OnnxGraph.read(bundle.graph(part))));
        }
      }
    }
    LayerNames names = new LayerNames(weights);
    adapters.loras().forEach(lora -> add(lora, names));
    adapters.embeddings().stream().map(EmbeddingFile::read).forEach(this::add);
    warnOfHalfKnownTokens();
  }

  /**
   * Reads adapters and finds what they change.
   *
   * @throws AdapterException if one is of a kind that can't be merged, or does not fit the bundle
   * @throws org.sardiffusion.runtime.weights.WeightsException if a file is damaged
   */
  public static AdaptedBundle of(Bundle bundle, Adapters adapters) {
    return new AdaptedBundle(bundle, adapters);
  }

  public Bundle bundle() {
    return bundle;
  }

  /** Whether any weight of {@code part} changes. */
  public boolean changes(BundlePart part) {
    return changes.containsKey(network(part)) || tokens.containsKey(part);
  }

  /** Both graphs of the UNet hold the same network, and so change alike. */
  private static BundlePart network(BundlePart part) {
    return part == BundlePart.UNET_CONTROLNET ? BundlePart.UNET : part;
  }

  /** The tokens to add to the tokenizer of {@code part}, in order. */
  public List<String> tokens(BundlePart part) {
    return tokens.containsKey(part) ? List.copyOf(tokens.get(part).names()) : List.of();
  }

  /** The token of each embedding, as prompts have to name it. */
  public List<String> learnedTokens() {
    return List.copyOf(learned);
  }

  /** Rows of the token embedding of {@code part}, with the new tokens. */
  long vocabularySize(BundlePart part) {
    long rows = weights.get(part).find(TOKEN_TABLE).orElseThrow().shape().get(0);
    return Math.max(rows, tokens.get(part).first() + tokens.get(part).names().size());
  }

  /** What the user should know. */
  public List<String> warnings() {
    return List.copyOf(warnings);
  }

  /**
   * The changes to {@code part}.
   *
   * @param graph the bundle's graph of that part, or a conversion of it
   */
  public List<WeightEdit> edits(BundlePart part, OnnxGraph graph) {
    ModuleWeights index = index(part, graph);
    List<WeightEdit> edits = new ArrayList<>();
    changes
        .getOrDefault(network(part), Map.of())
        .forEach((target, each) -> edits.add(edit(target.in(index), each)));
    if (tokens.containsKey(part)) {
      NewTokens added = tokens.get(part);
      edits.add(
          new WeightEdit.Rows(
              index.find(TOKEN_TABLE).orElseThrow(),
              added.first(),
              FloatArray.joined(added.vectors().toArray(FloatValues[]::new))));
    }
    return edits;
  }

  private static WeightEdit edit(ModuleWeight target, List<Change> changes) {
    List<WeightEdit.Factors> products =
        changes.stream()
            .filter(Change.Product.class::isInstance)
            .map(change -> ((Change.Product) change).factors())
            .toList();
    return products.size() == changes.size()
        ? new WeightEdit.LowRank(target, products)
        : new WeightEdit.Rewrite(target, changes.stream().map(Change::rewriting).toList());
  }

  private ModuleWeights index(BundlePart part, OnnxGraph graph) {
    return ModuleWeights.of(graph, WeightNames.of(bundle, part));
  }

  private void add(Adapters.Lora lora, LayerNames names) {
    AdapterFile file = AdapterFile.read(lora.file());
    Map<LayerTensors, LayerNames.Place> places = new LinkedHashMap<>();
    List<String> unknown = new ArrayList<>();
    for (LayerTensors layer : file.layers()) {
      names
          .find(layer, weight -> fits(layer, weight))
          .ifPresentOrElse(place -> places.put(layer, place), () -> unknown.add(layer.name()));
    }
    if (!unknown.isEmpty()) {
      throw new AdapterException(
          lora.file()
              + " changes layers that "
              + bundle.name()
              + " does not have: "
              + Listing.of(unknown)
              + ". The adapter was trained for another model"
              + (weights.values().stream().noneMatch(index -> index.modules().isEmpty())
                  ? "."
                  : ", or this bundle's export kept no module paths: export it with sar-diffusion export."));
    }
    places.forEach((layer, place) -> add(lora, file, layer, place));
    file.embeddings().forEach(this::add);
  }

  private void add(
      Adapters.Lora lora, AdapterFile file, LayerTensors layer, LayerNames.Place place) {
    double scale = file.scales().scale(layer, rank(layer), place.part().folder());
    if (layer.kind() == LayerKind.LORA) {
      LoraLayer matrices = layer.lora();
      requireFit(lora, matrices, place);
      if (lora.weight() * scale != 0) {
        put(
            place,
            false,
            new Change.Product(
                new WeightEdit.Factors(
                    matrices.up(), matrices.down(), matrices.rank(), lora.weight() * scale)));
      }
      return;
    }
    if (!fits(layer, place.weight())) {
      throw new AdapterException(
          lora.file()
              + ": layer "
              + layer.name()
              + " was trained for a weight of "
              + Deltas.rows(layer).orElseThrow()
              + " rows, but "
              + place.weight().module()
              + " of "
              + bundle.name()
              + " has "
              + place.weight().shape()
              + ". The adapter is for another model.");
    }
    LayerChange change = new LayerChange(file, layer, lora.weight(), scale);
    Optional<WeightChange> bias = change.ofBias();
    if (bias.isPresent() && index(place).bias(place.weight().module()).isEmpty()) {
      // A layer without a bias has nothing that (IA)^3 could scale.
      if (!layer.has(Role.PEFT_IA3)) {
        throw new AdapterException(
            lora.file()
                + " changes the bias of "
                + place.weight().module()
                + ", which "
                + bundle.name()
                + " does not have or its export hides. Export the model with sar-diffusion export.");
      }
      bias = Optional.empty();
    }
    if (lora.weight() != 0) {
      change.ofWeight().ifPresent(each -> put(place, false, new Change.Other(each)));
      bias.ifPresent(each -> put(place, true, new Change.Other(each)));
    }
  }

  private ModuleWeights index(LayerNames.Place place) {
    return weights.get(place.part());
  }

  private void put(LayerNames.Place place, boolean bias, Change change) {
    changes
        .computeIfAbsent(place.part(), absent -> new LinkedHashMap<>())
        .computeIfAbsent(new Target(place.weight().module(), bias), absent -> new ArrayList<>())
        .add(change);
  }

  private static OptionalInt rank(LayerTensors layer) {
    return List.of(Role.DOWN, Role.HADA_1_B, Role.KRON_1_B, Role.KRON_2_B, Role.GLORA_A_2).stream()
        .filter(layer::has)
        .mapToInt(role -> Deltas.first(layer, role))
        .findFirst();
  }

  /** Whether a layer could be a weight's, where its name alone does not tell. */
  private static boolean fits(LayerTensors layer, ModuleWeight weight) {
    if (layer.kind() == LayerKind.LORA) {
      return LoraFit.fits(layer.lora(), weight);
    }
    OptionalLong rows = Deltas.rows(layer);
    return rows.isEmpty() || rows.getAsLong() == weight.shape().get(0);
  }

  private void requireFit(Adapters.Lora lora, LoraLayer layer, LayerNames.Place place) {
    if (!LoraFit.fits(layer, place.weight())) {
      throw new AdapterException(
          lora.file()
              + ": layer "
              + layer.name()
              + " was trained for a weight of shape "
              + LoraFit.shape(layer)
              + ", but "
              + place.weight().module()
              + " of "
              + bundle.name()
              + " ("
              + place.part().folder()
              + ") has "
              + place.weight().shape()
              + ". The adapter is for another model.");
    }
  }

  private void add(EmbeddingFile file) {
    learned.addAll(file.names());
    file.vectors()
        .forEach(
            (encoder, vectors) -> {
              BundlePart part = encoder.orElseGet(() -> fitting(file, vectors));
              ModuleWeight table = table(file, part);
              long width = EmbeddingFile.width(vectors);
              if (table.shape().get(1) != width) {
                throw new AdapterException(
                    file.file()
                        + " has vectors of "
                        + width
                        + " numbers for "
                        + part.folder()
                        + ", whose own have "
                        + table.shape().get(1)
                        + ". The embedding is for another model.");
              }
              add(file, part, vectors);
            });
  }

  private void add(EmbeddingFile file, BundlePart part, SafeTensor vectors) {
    NewTokens added = tokens.computeIfAbsent(part, absent -> startTokens(part));
    try (ClipTokenizer tokenizer = ClipTokenizer.load(tokenizer(part))) {
      for (String token : file.tokens(vectors)) {
        if (tokenizer.hasToken(token) || added.names().contains(token)) {
          throw new AdapterException(
              file.file()
                  + ": "
                  + part.folder()
                  + " has a token "
                  + token
                  + " already. Rename the file, or the token in it.");
        }
        added.names().add(token);
      }
    }
    added.vectors().add(vectors);
  }

  private NewTokens startTokens(BundlePart part) {
    long rows = weights.get(part).find(TOKEN_TABLE).orElseThrow().shape().get(0);
    try (ClipTokenizer tokenizer = ClipTokenizer.load(tokenizer(part))) {
      if (tokenizer.vocabularySize() > rows) {
        throw new AdapterException(
            bundle.name()
                + ": the tokenizer of "
                + part.folder()
                + " has "
                + tokenizer.vocabularySize()
                + " tokens, but the encoder has vectors for "
                + rows
                + ". They are of two models: export the model again.");
      }
      return new NewTokens(tokenizer.vocabularySize(), new ArrayList<>(), new ArrayList<>());
    }
  }

  private Path tokenizer(BundlePart part) {
    return bundle.root().resolve(part == BundlePart.TEXT_ENCODER ? "tokenizer" : "tokenizer_2");
  }

  private ModuleWeight table(EmbeddingFile file, BundlePart part) {
    return Optional.ofNullable(weights.get(part))
        .flatMap(index -> index.find(TOKEN_TABLE))
        .orElseThrow(
            () ->
                new AdapterException(
                    file.file()
                        + " can't be added to "
                        + bundle.name()
                        + ": it has no token embedding in "
                        + part.folder()
                        + ", or its export hides it. Export the model with sar-diffusion export."));
  }

  /** The encoder whose width the vectors have; with equal widths, diffusers' file names decide. */
  private BundlePart fitting(EmbeddingFile file, SafeTensor vectors) {
    List<BundlePart> fitting =
        ENCODERS.stream()
            .filter(weights::containsKey)
            .filter(part -> table(file, part).shape().get(1) == EmbeddingFile.width(vectors))
            .toList();
    if (fitting.size() == 1) {
      return fitting.get(0);
    }
    if (fitting.isEmpty()) {
      throw new AdapterException(
          file.file()
              + " has vectors of "
              + EmbeddingFile.width(vectors)
              + " numbers, which fits no text encoder of "
              + bundle.name()
              + ". The embedding is for another model.");
    }
    return file.file().getFileName().toString().matches(".*_2\\.\\w+")
        ? BundlePart.TEXT_ENCODER_2
        : BundlePart.TEXT_ENCODER;
  }

  private void warnOfHalfKnownTokens() {
    for (BundlePart part : ENCODERS) {
      for (BundlePart other : ENCODERS) {
        if (part != other && weights.containsKey(other)) {
          tokens(part).stream()
              .filter(token -> !tokens(other).contains(token))
              .forEach(
                  token ->
                      warnings.add(
                          "The token "
                              + token
                              + " has a vector for "
                              + part.folder()
                              + " only: "
                              + other.folder()
                              + " reads it letter by letter. Give the file for both."));
        }
      }
    }
  }
}
