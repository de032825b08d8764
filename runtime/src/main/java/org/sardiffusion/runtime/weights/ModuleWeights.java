package org.sardiffusion.runtime.weights;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.sardiffusion.runtime.bundle.WeightNames;

/**
 * Finds the weight of every linear layer, convolution and embedding in a graph by the path of its
 * module.
 *
 * <p>A bundle of ours says in {@code sar_config.json} which initializer each parameter became. In
 * other exports the nodes tell it: torch's exporters leave the path of the module in every node, in
 * its metadata or in its name, and the operator tells how the weight is stored.
 */
public final class ModuleWeights {
  private static final String SCOPES = "pkg.torch.onnx.name_scopes";
  private static final String WEIGHT = ".weight";
  private static final String BIAS = ".bias";

  private final OnnxGraph graph;
  private final Map<String, List<ModuleWeight.Use>> uses = new LinkedHashMap<>();
  private final Map<String, ModuleWeight> weights = new LinkedHashMap<>();
  private final Map<String, ModuleWeight> vectors = new HashMap<>();
  private final Map<String, ModuleWeight> biases = new HashMap<>();

  private ModuleWeights(OnnxGraph graph) {
    this.graph = graph;
    List<NodeProto> nodes = graph.model().getGraph().getNodeList();
    for (int node = 0; node < nodes.size(); node++) {
      for (int input = 0; input < nodes.get(node).getInputCount(); input++) {
        uses.computeIfAbsent(nodes.get(node).getInput(input), absent -> new ArrayList<>())
            .add(new ModuleWeight.Use(node, input));
      }
    }
  }

  /**
   * Reads the paths of a graph.
   *
   * @param names parameter to initializer, empty where nobody noted it
   */
  public static ModuleWeights of(OnnxGraph graph, Map<String, WeightNames.Entry> names) {
    ModuleWeights index = new ModuleWeights(graph);
    index.readNodes();
    index.readNames(names);
    return index;
  }

  /** The weight of a module, if the graph has such a module and it has a weight. */
  public Optional<ModuleWeight> find(String module) {
    return Optional.ofNullable(weights.getOrDefault(module, vectors.get(module)));
  }

  /** The bias of a module, if the graph has such a module and it has a bias. */
  public Optional<ModuleWeight> bias(String module) {
    return Optional.ofNullable(biases.get(module));
  }

  /** The canonical paths of all modules with a weight, in the order of the graph. */
  public Set<String> modules() {
    Set<String> modules = new LinkedHashSet<>(weights.keySet());
    modules.addAll(vectors.keySet());
    return Collections.unmodifiableSet(modules);
  }

  /** What is noted is more reliable than what is read off the nodes; shared weights are not. */
  private void readNames(Map<String, WeightNames.Entry> names) {
    Map<String, Integer> owners = new HashMap<>();
    names.values().forEach(entry -> owners.merge(entry.initializer(), 1, Integer::sum));
    names.forEach(
        (parameter, entry) -> {
          Initializer initializer = graph.initializers().get(entry.initializer());
          boolean bias = parameter.endsWith(BIAS);
          if (initializer == null
              || !initializer.type().isFloatingPoint()
              || !(bias || parameter.endsWith(WEIGHT))
              || owners.get(entry.initializer()) > 1) {
            return;
          }
          String path =
              parameter.substring(0, parameter.length() - (bias ? BIAS : WEIGHT).length());
          ModulePath.canonical(path)
              .ifPresent(
                  module ->
                      (bias ? biases : weights)
                          .put(
                              module,
                              new ModuleWeight(
                                  module,
                                  initializer,
                                  entry.order() == WeightNames.Order.TRANSPOSED
                                      ? ModuleWeight.Layout.TRANSPOSED
                                      : ModuleWeight.Layout.AS_IS,
                                  uses.getOrDefault(initializer.name(), List.of()))));
        });
  }

  private void readNodes() {
    for (Initializer initializer : graph.initializers().values()) {
      if (isMatrix(initializer)) {
        uses.getOrDefault(initializer.name(), List.of()).forEach(use -> read(initializer, use));
      }
      if (isVector(initializer)) {
        uses.getOrDefault(initializer.name(), List.of())
            .forEach(use -> readVector(initializer, use));
      }
    }
  }

  /** Biases and the weights of norms, which exporters may give further dimensions of 1. */
  private static boolean isVector(Initializer initializer) {
    return initializer.type().isFloatingPoint()
        && initializer.elementCount() > 1
        && initializer.dims().stream().filter(dim -> dim > 1).count() == 1;
  }

  private void readVector(Initializer initializer, ModuleWeight.Use use) {
    NodeProto node = node(use);
    boolean weight;
    switch (node.getOpType()) {
      case "Add" -> weight = false;
      case "Mul" -> weight = true;
      case "Conv", "FusedConv", "Gemm", "FusedGemm" -> {
        if (use.input() != 2) {
          return;
        }
        weight = false;
      }
      case "LayerNormalization", "GroupNormalization" -> {
        if (use.input() == 0) {
          return;
        }
        weight = use.input() == 1;
      }
      default -> {
        return;
      }
    }
    module(node)
        .ifPresent(
            module ->
                (weight ? vectors : biases)
                    .putIfAbsent(
                        module,
                        new ModuleWeight(
                            module, initializer, ModuleWeight.Layout.AS_IS, List.of(use))));
  }

  private static boolean isMatrix(Initializer initializer) {
    return initializer.type().isFloatingPoint() && initializer.dims().size() >= 2;
  }

  private void read(Initializer initializer, ModuleWeight.Use use) {
    Optional<ModuleWeight.Layout> layout = layout(use, ModuleWeight.Layout.AS_IS);
    Optional<String> module = module(node(use));
    if (layout.isEmpty() || module.isEmpty()) {
      return;
    }
    ModuleWeight before = weights.get(module.get());
    if (before == null) {
      weights.put(
          module.get(), new ModuleWeight(module.get(), initializer, layout.get(), List.of(use)));
    } else if (before.initializer().equals(initializer) && before.layout() == layout.get()) {
      // One module that is called several times.
      List<ModuleWeight.Use> more = new ArrayList<>(before.uses());
      more.add(use);
      weights.put(module.get(), new ModuleWeight(module.get(), initializer, layout.get(), more));
    }
  }

  /**
   * How the weight that enters at {@code use} is stored, by what becomes of it: y = x W for MatMul,
   * y = x W' for Gemm with transB, and so on (ONNX, Operators.md). Empty for operators that no
   * layer's weight goes into.
   */
  private Optional<ModuleWeight.Layout> layout(ModuleWeight.Use use, ModuleWeight.Layout unless) {
    NodeProto node = node(use);
    return switch (node.getOpType()) {
      case "MatMul" -> use.input() == 1 ? Optional.of(other(unless)) : Optional.empty();
      case "Gemm", "FusedGemm", "FusedMatMul" ->
          use.input() == 1
              ? Optional.of(attribute(node, "transB") == 1 ? unless : other(unless))
              : Optional.empty();
      case "Conv", "FusedConv" -> use.input() == 1 ? Optional.of(unless) : Optional.empty();
      case "Gather" -> use.input() == 0 ? Optional.of(unless) : Optional.empty();
      case "Cast", "Identity" -> onward(use, unless);
      case "Transpose" -> isPlainTranspose(node) ? onward(use, other(unless)) : Optional.empty();
      default -> Optional.empty();
    };
  }

  /** Only towards later nodes, as every valid graph is ordered: so it ends in any graph. */
  private Optional<ModuleWeight.Layout> onward(ModuleWeight.Use use, ModuleWeight.Layout layout) {
    if (node(use).getOutputCount() == 0) {
      return Optional.empty();
    }
    return uses.getOrDefault(node(use).getOutput(0), List.of()).stream()
        .filter(next -> next.node() > use.node())
        .map(next -> layout(next, layout))
        .flatMap(Optional::stream)
        .findFirst();
  }

  private static boolean isPlainTranspose(NodeProto node) {
    return node.getAttributeList().stream()
        .filter(attribute -> attribute.getName().equals("perm"))
        .allMatch(attribute -> attribute.getIntsList().equals(List.of(1L, 0L)));
  }

  private static ModuleWeight.Layout other(ModuleWeight.Layout layout) {
    return layout == ModuleWeight.Layout.AS_IS
        ? ModuleWeight.Layout.TRANSPOSED
        : ModuleWeight.Layout.AS_IS;
  }

  private static long attribute(NodeProto node, String name) {
    return node.getAttributeList().stream()
        .filter(attribute -> attribute.getName().equals(name))
        .mapToLong(AttributeProto::getI)
        .findFirst()
        .orElse(0);
  }

  private NodeProto node(ModuleWeight.Use use) {
    return graph.model().getGraph().getNode(use.node());
  }

  private static Optional<String> module(NodeProto node) {
    return node.getMetadataPropsList().stream()
        .filter(property -> property.getKey().equals(SCOPES))
        .map(StringStringEntryProto::getValue)
        .map(ModulePath::ofScopes)
        .findFirst()
        .orElseGet(() -> ModulePath.ofNodeName(node.getName()));
  }
}
