package org.sardiffusion.runtime.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.core.run.Progress;
import org.sardiffusion.runtime.session.GraphSession;
import org.sardiffusion.runtime.session.HostTensor;
import org.sardiffusion.runtime.session.SessionSettings;

/** Two modules whose equal weights the exporter stored once. */
class SharedWeightTest {
  private static final String FIRST = "down_blocks.0.attentions.0.to_q";
  private static final String SECOND = "down_blocks.0.attentions.0.to_k";

  @TempDir Path folder;
  private OnnxGraph graph;

  @BeforeEach
  void makeGraph() throws IOException {
    GraphProto.Builder builder =
        GraphProto.newBuilder().setName("g").addInput(value("x")).addOutput(value("y"));
    builder.addOutput(value("z"));
    builder.addInitializer(
        TensorProto.newBuilder()
            .setName("onnx::MatMul_1")
            .setDataType(1)
            .addDims(2)
            .addDims(2)
            .addAllFloatData(List.of(1f, 2f, 3f, 4f)));
    builder.addNode(matMul("/unet/down_blocks.0/attentions.0/to_q/MatMul", "y"));
    builder.addNode(matMul("/unet/down_blocks.0/attentions.0/to_k/MatMul", "z"));
    Path file = folder.resolve("model.onnx");
    Files.write(
        file,
        ModelProto.newBuilder()
            .setIrVersion(8)
            .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(18))
            .setGraph(builder)
            .build()
            .toByteArray());
    graph = OnnxGraph.read(file);
  }

  private static ValueInfoProto value(String name) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    shape.addDimBuilder().setDimValue(1);
    shape.addDimBuilder().setDimValue(2);
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(TypeProto.Tensor.newBuilder().setElemType(1).setShape(shape)))
        .build();
  }

  private static NodeProto matMul(String name, String output) {
    return NodeProto.newBuilder()
        .setOpType("MatMul")
        .setName(name)
        .addInput("x")
        .addInput("onnx::MatMul_1")
        .addOutput(output)
        .build();
  }

  /** W' is [[1, 3], [2, 4]] in torch's order; up down = [[10], [20]] [[1, 2]]. */
  private WeightEdit edit(String module) {
    ModuleWeight target = ModuleWeights.of(graph, Map.of()).find(module).orElseThrow();
    assertEquals(ModuleWeight.Layout.TRANSPOSED, target.layout());
    return new WeightEdit.LowRank(
        target,
        List.of(new WeightEdit.Factors(new FloatArray(10, 20), new FloatArray(1, 2), 1, 0.5)));
  }

  private static final float[] PLAIN = {1 + 2 * 3, 2 + 2 * 4};

  /** x = [1, 2]: down x = 5, times [10, 20] / 2. */
  private static final float[] EDITED = {7 + 25, 10 + 50};

  @Test
  void onlyTheEditedModuleChanges() {
    try (GraphSession session =
        GraphSession.open(PatchedGraph.of(graph, List.of(edit(SECOND))), SessionSettings.cpu())) {
      check(session, PLAIN, EDITED);
    }
    Path merged =
        MergedGraph.of(graph, List.of(edit(FIRST)))
            .into(folder.resolve("merged"), Progress.NONE, new Cancellation());
    try (GraphSession session = GraphSession.open(merged, SessionSettings.cpu())) {
      check(session, EDITED, PLAIN);
    }
  }

  @Test
  void bothMayChange() {
    List<WeightEdit> edits = List.of(edit(FIRST), edit(SECOND));
    try (GraphSession session =
        GraphSession.open(PatchedGraph.of(graph, edits), SessionSettings.cpu())) {
      check(session, EDITED, EDITED);
    }
    Path merged =
        MergedGraph.of(graph, edits)
            .into(folder.resolve("merged"), Progress.NONE, new Cancellation());
    assertEquals(2, OnnxGraph.read(merged).initializers().size());
    try (GraphSession session = GraphSession.open(merged, SessionSettings.cpu())) {
      check(session, EDITED, EDITED);
    }
  }

  private static void check(GraphSession session, float[] first, float[] second) {
    try (HostTensor x = session.newInput("x", 1, 2);
        HostTensor y = session.newOutput("y", 1, 2);
        HostTensor z = session.newOutput("z", 1, 2);
        Cancellation cancellation = new Cancellation()) {
      x.put(0, new float[] {1, 2});
      session.bind(Map.of("x", x), Map.of("y", y, "z", z)).run(cancellation);
      float[] found = new float[2];
      y.get(0, found);
      assertArrayEquals(first, found, 1e-5f);
      z.get(0, found);
      assertArrayEquals(second, found, 1e-5f);
    }
  }
}
