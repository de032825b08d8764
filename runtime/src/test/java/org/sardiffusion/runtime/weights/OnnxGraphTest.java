package org.sardiffusion.runtime.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OnnxGraphTest {
  private static Path scratch;

  @TempDir Path folder;

  @Test
  void saysWhatAnExportHolds() throws Exception {
    OnnxGraph graph = OnnxGraph.read(ReferenceCase.of("unet_dynamo").model());

    assertEquals(
        List.of("sample", "timestep", "encoder_hidden_states", "text_embeds", "time_ids"),
        graph.inputs().stream().map(GraphValue::name).toList());
    assertEquals("sample FLOAT16[2, 4, 8, 8]", graph.inputs().get(0).toString());
    assertEquals("timestep INT64[2]", graph.inputs().get(1).toString());
    assertEquals(List.of("sample_out"), graph.outputs().stream().map(GraphValue::name).toList());
    assertEquals(18, graph.opset());
    assertTrue(graph.producer().startsWith("pytorch "), graph.producer());
    assertEquals(Precision.FLOAT16, graph.precision());
    assertTrue(graph.usesFloat16());
    assertEquals(Set.of(graph.file().resolveSibling("model.onnx_data")), graph.externalFiles());
  }

  @Test
  void findsTheWeightsInTheirFile() throws Exception {
    OnnxGraph graph = OnnxGraph.read(ReferenceCase.of("unet_dynamo").model());
    Initializer weight = graph.initializers().get("unet.conv_in.weight");

    assertEquals(List.of(8L, 4L, 3L, 3L), weight.dims());
    assertEquals(ElementType.FLOAT16, weight.type());
    assertEquals(8 * 4 * 3 * 3 * 2, weight.byteLength());
    assertTrue(weight.location() instanceof Initializer.Location.External);
  }

  @ParameterizedTest
  @ValueSource(strings = {"unet_dynamo", "unet_torchscript", "vae_decoder"})
  void countsParametersAsOnnxDoes(String name) throws Exception {
    ReferenceCase reference = ReferenceCase.of(name);

    OnnxGraph graph = OnnxGraph.read(reference.model());

    Map<ElementType, Long> expected = new EnumMap<>(ElementType.class);
    reference
        .values()
        .get("parameters")
        .properties()
        .forEach(
            each -> expected.put(ElementType.valueOf(each.getKey()), each.getValue().asLong()));
    assertEquals(expected, graph.parametersByType());
    assertEquals(
        expected.values().stream().mapToLong(Long::longValue).sum(), graph.parameterCount());
  }

  @Test
  void aMissingFile() {
    assertProblem(folder.resolve("model.onnx"), "no such file");
  }

  @Test
  void aGitLfsPointer() throws IOException {
    Path file = folder.resolve("model.onnx");
    Files.writeString(file, "version https://git-lfs.github.com/spec/v1\noid sha256:00\n");

    assertProblem(file, "git lfs pull");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "<html>not found</html>", "{\"a\": 1}", "\0\0\0\0\0\0"})
  void notAnOnnxFile(String content) throws IOException {
    Path file = Files.writeString(folder.resolve("model.onnx"), content);

    assertProblem(file, "truncated or not an ONNX file");
  }

  /** Every cut, not just some: a cut between two fields still parses as protobuf. */
  @Property(tries = 200)
  void aTruncatedFile(@ForAll @IntRange(max = 9999) int kept) throws IOException {
    byte[] whole = Files.readAllBytes(ReferenceCase.of("unet_torchscript").model());
    if (scratch == null) {
      scratch = Files.createTempFile("truncated", ".onnx");
    }
    Files.write(scratch, Arrays.copyOf(whole, (int) ((long) whole.length * kept / 10_000)));

    assertThrows(WeightsException.class, () -> OnnxGraph.read(scratch));
  }

  @AfterContainer
  static void deleteScratch() throws IOException {
    if (scratch != null) {
      Files.delete(scratch);
    }
  }

  @Test
  void missingExternalData() throws IOException {
    Path model = ReferenceCase.of("unet_dynamo").model();
    Path alone = Files.copy(model, folder.resolve("model.onnx"));

    WeightsException e = assertProblem(alone, "is missing");
    assertEquals(folder.resolve("model.onnx_data"), e.file());
  }

  @Test
  void truncatedExternalData() throws IOException {
    Path model = ReferenceCase.of("unet_dynamo").model();
    Path copy = Files.copy(model, folder.resolve("model.onnx"));
    Path data =
        Files.copy(model.resolveSibling("model.onnx_data"), folder.resolve("model.onnx_data"));
    try (RandomAccessFile file = new RandomAccessFile(data.toFile(), "rw")) {
      file.setLength(file.length() - 1);
    }

    assertEquals(data, assertProblem(copy, "is too short").file());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/etc/passwd",
        "../secret",
        "a/../../secret",
        "..",
        "..\\secret",
        "C:\\secret",
        "C:secret",
        "\\\\server\\share",
        ""
      })
  void externalDataOutsideTheFolder(String location) throws IOException {
    Files.createDirectories(folder.resolve("bundle/a"));
    Files.write(folder.resolve("secret"), new byte[8]);

    WeightsException e =
        assertProblem(model("bundle/model.onnx", external(location, "0", "8")), "own folder");
    assertTrue(e.getMessage().contains('"' + location + '"'), e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "9", "9223372036854775807", "99999999999999999999", "one"})
  void impossibleOffsets(String offset) throws IOException {
    Files.write(folder.resolve("data"), new byte[16]);
    Path file = model("model.onnx", external("data", offset, "8"));

    assertThrows(WeightsException.class, () -> OnnxGraph.read(file));
  }

  @Test
  void theLastOffsetThatFits() throws IOException {
    Files.write(folder.resolve("data"), new byte[16]);

    OnnxGraph graph = OnnxGraph.read(model("model.onnx", external("data", "8", "8")));

    assertEquals(
        new Initializer.Location.External(folder.resolve("data"), 8),
        graph.initializers().get("w").location());
  }

  @Test
  void lengthAndShapeMustAgree() throws IOException {
    Files.write(folder.resolve("data"), new byte[16]);

    assertProblem(model("model.onnx", external("data", "0", "6")), "its shape needs 8");
  }

  @Test
  void impossibleShapes() throws IOException {
    TensorProto.Builder huge = inline(new byte[8]).addDims(Long.MAX_VALUE).addDims(3);
    assertProblem(model("huge.onnx", huge), "impossible shape");
    assertProblem(model("negative.onnx", inline(new byte[8]).addDims(-1)), "negative");
    assertProblem(model("short.onnx", inline(new byte[8]).addDims(5)), "its shape needs 10");
    assertProblem(model("empty.onnx", inline(new byte[0]).clearRawData().addDims(5)), "0 values");
    assertProblem(
        model("type.onnx", inline(new byte[8]).addDims(4).setDataType(99)), "element type 99");
  }

  private static WeightsException assertProblem(Path file, String part) {
    WeightsException e = assertThrows(WeightsException.class, () -> OnnxGraph.read(file));
    assertTrue(e.getMessage().contains(part), e.getMessage());
    assertTrue(e.getMessage().endsWith(e.remedy()), e.getMessage());
    return e;
  }

  /** Four halves that lie in another file. */
  private static TensorProto.Builder external(String location, String offset, String length) {
    return inline(new byte[0])
        .clearRawData()
        .addDims(4)
        .setDataLocation(TensorProto.DataLocation.EXTERNAL)
        .addExternalData(StringStringEntryProto.newBuilder().setKey("location").setValue(location))
        .addExternalData(StringStringEntryProto.newBuilder().setKey("offset").setValue(offset))
        .addExternalData(StringStringEntryProto.newBuilder().setKey("length").setValue(length));
  }

  private static TensorProto.Builder inline(byte[] raw) {
    return TensorProto.newBuilder()
        .setName("w")
        .setDataType(ElementType.FLOAT16.code())
        .setRawData(ByteString.copyFrom(raw));
  }

  private Path model(String name, TensorProto.Builder weight) throws IOException {
    ModelProto like = OnnxGraph.read(ReferenceCase.of("operators").model()).model();
    ModelProto.Builder model = like.toBuilder();
    model.getGraphBuilder().addInitializer(weight);
    return Files.write(folder.resolve(name), model.build().toByteArray());
  }
}
