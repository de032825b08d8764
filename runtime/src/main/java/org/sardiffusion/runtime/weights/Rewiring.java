package org.sardiffusion.runtime.weights;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A graph whose modules are being given other weights: each module's nodes are pointed at a value
 * of its own, so that modules which share an initializer part company.
 */
final class Rewiring {
  private final OnnxGraph source;
  private final ModelProto.Builder model;
  private final GraphProto.Builder graph;
  private final Set<String> names = new HashSet<>();

  Rewiring(OnnxGraph source) {
    this.source = source;
    this.model = source.model().toBuilder();
    this.graph = model.getGraphBuilder();
    graph.getInputList().forEach(value -> names.add(value.getName()));
    graph.getInitializerList().forEach(tensor -> names.add(tensor.getName()));
    graph.getNodeList().forEach(node -> names.addAll(node.getOutputList()));
  }

  GraphProto.Builder graph() {
    return graph;
  }

  /** A name that no value of the graph has. */
  String fresh(String wish) {
    String name = wish;
    for (int i = 2; !names.add(name); i++) {
      name = wish + "_" + i;
    }
    return name;
  }

  /** Lets a module read the value {@code name} instead of its initializer. */
  void redirect(ModuleWeight weight, String name) {
    for (ModuleWeight.Use use : weight.uses()) {
      graph.getNodeBuilder(use.node()).setInput(use.input(), name);
    }
  }

  /** Puts nodes before all others. */
  void prepend(List<NodeProto> nodes) {
    List<NodeProto> all = new ArrayList<>(nodes);
    all.addAll(graph.getNodeList());
    graph.clearNode().addAllNode(all);
  }

  /** Removes initializers that nothing reads any more. */
  void removeUnused(Set<String> candidates) {
    Set<String> read = new HashSet<>();
    Messages.visit(
        graph.build(),
        message -> {
          if (message instanceof NodeProto node) {
            read.addAll(node.getInputList());
          }
        });
    graph.getOutputList().forEach(value -> read.add(value.getName()));
    List<TensorProto> kept =
        graph.getInitializerList().stream()
            .filter(
                tensor -> read.contains(tensor.getName()) || !candidates.contains(tensor.getName()))
            .toList();
    graph.clearInitializer().addAllInitializer(kept);
    // Before IR version 4, initializers were inputs as well.
    for (int i = graph.getInputCount() - 1; i >= 0; i--) {
      String name = graph.getInput(i).getName();
      if (candidates.contains(name)
          && !read.contains(name)
          && source.initializers().containsKey(name)) {
        graph.removeInput(i);
      }
    }
  }

  TensorProto tensor(String initializer) {
    return source.model().getGraph().getInitializerList().stream()
        .filter(tensor -> tensor.getName().equals(initializer))
        .findFirst()
        .orElseThrow();
  }

  ModelProto build() {
    return model.build();
  }

  /** Refuses weights of types that can't be added to. */
  static void requireFloats(OnnxGraph graph, ModuleWeight weight) {
    ElementType type = weight.initializer().type();
    if (type != ElementType.FLOAT && type != ElementType.FLOAT16) {
      throw new WeightsException(
          graph.file(),
          "the weight of " + weight.module() + " is of type " + type,
          "Adapters are merged into float32 and float16 weights only: use a bundle of these.");
    }
  }
}
