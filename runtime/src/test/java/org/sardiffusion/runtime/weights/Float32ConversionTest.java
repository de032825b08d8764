package org.sardiffusion.runtime.weights;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sardiffusion.core.io.DiskFullException;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.core.run.CancelledException;
import org.sardiffusion.core.run.Progress;

class Float32ConversionTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"unet_dynamo", "unet_torchscript", "vae_decoder", "operators"})
  void computesWhatTheSinglePrecisionExportComputes(String name) throws Exception {
    ReferenceCase reference = ReferenceCase.of(name);

    Path converted = convert(reference.model(), Progress.NONE, new Cancellation());

    OnnxGraph graph = OnnxGraph.read(converted);
    double error = reference.relativeError(converted);
    System.out.printf("%s: relative error %.1e%n", name, error);
    assertAll(
        () -> assertFalse(graph.usesFloat16()),
        () -> assertEquals(Precision.FLOAT32, graph.precision()),
        () -> assertTrue(error <= 1e-5, "relative error " + error));
  }

  @Test
  void keepsParametersNamesAndTypesOtherThanHalf() throws Exception {
    OnnxGraph before = OnnxGraph.read(ReferenceCase.of("unet_dynamo").model());

    OnnxGraph after = OnnxGraph.read(convert(before.file(), Progress.NONE, new Cancellation()));

    assertEquals(before.parameterCount(), after.parameterCount());
    assertEquals(before.initializers().keySet(), after.initializers().keySet());
    assertEquals(before.model().getGraph().getNodeCount(), after.model().getGraph().getNodeCount());
    for (Initializer weight : before.initializers().values()) {
      Initializer converted = after.initializers().get(weight.name());
      assertEquals(weight.dims(), converted.dims());
      assertEquals(
          weight.type() == ElementType.FLOAT16 ? ElementType.FLOAT : weight.type(),
          converted.type());
    }
  }

  @Test
  void everyBitPatternKeepsItsValueAndOtherTypesTheirBytes() throws Exception {
    ByteBuffer halves = ByteBuffer.allocate(2 << 16).order(ByteOrder.LITTLE_ENDIAN);
    for (int half = 0; half < 1 << 16; half++) {
      halves.putShort((short) half);
    }
    byte[] integers = new byte[8 * 1000];
    new Random(5).nextBytes(integers);
    Path model =
        write(
            TensorProto.newBuilder()
                .setName("halves")
                .setDataType(ElementType.FLOAT16.code())
                .addDims(1 << 16)
                .setRawData(ByteString.copyFrom(halves.array()))
                .build(),
            TensorProto.newBuilder()
                .setName("integers")
                .setDataType(ElementType.INT64.code())
                .addDims(1000)
                .setRawData(ByteString.copyFrom(integers))
                .build());

    OnnxGraph converted = OnnxGraph.read(convert(model, Progress.NONE, new Cancellation()));

    ByteBuffer floats = stored(converted.initializers().get("halves"));
    for (int half = 0; half < 1 << 16; half++) {
      assertEquals(
          Float.floatToIntBits(Float16Test.reference((short) half)),
          Float.floatToIntBits(floats.getFloat()),
          Integer.toHexString(half));
    }
    assertEquals(ByteBuffer.wrap(integers), stored(converted.initializers().get("integers")));
  }

  @Test
  void reportsProgressFromNothingToEverything() throws Exception {
    List<Long> done = new ArrayList<>();
    List<Long> totals = new ArrayList<>();

    convert(
        ReferenceCase.of("unet_dynamo").model(),
        new Progress() {
          @Override
          public void advanced(String stage, long bytesDone, long bytesTotal) {
            done.add(bytesDone);
            totals.add(bytesTotal);
          }
        },
        new Cancellation());

    assertEquals(0, done.get(0));
    assertEquals(totals.get(0), done.get(done.size() - 1));
    assertEquals(done.stream().sorted().toList(), done);
    assertEquals(1, totals.stream().distinct().count());
  }

  @Test
  void cancellingLeavesNothingBehind() throws Exception {
    Path model = ReferenceCase.of("unet_dynamo").model();
    try (Cancellation cancellation = new Cancellation()) {
      cancellation.cancel();
      assertThrows(CancelledException.class, () -> convert(model, Progress.NONE, cancellation));
    }

    assertTrue(Files.notExists(folder.resolve("converted")));
  }

  @Test
  void interruptionCancelsAndStaysVisible() throws Exception {
    Path model = ReferenceCase.of("unet_dynamo").model();

    assertThrows(
        CancelledException.class,
        () ->
            convert(
                model,
                new Progress() {
                  @Override
                  public void advanced(String stage, long done, long total) {
                    Thread.currentThread().interrupt();
                  }
                },
                new Cancellation()));

    assertTrue(Thread.interrupted());
    assertTrue(Files.notExists(folder.resolve("converted")));
  }

  @Test
  void anErrorOfTheListenerLeavesNothingBehind() throws Exception {
    Path model = ReferenceCase.of("unet_torchscript").model();

    assertThrows(
        IllegalStateException.class,
        () ->
            convert(
                model,
                new Progress() {
                  @Override
                  public void advanced(String stage, long done, long total) {
                    throw new IllegalStateException("the listener's own");
                  }
                },
                new Cancellation()));

    assertTrue(Files.notExists(folder.resolve("converted")));
  }

  @Test
  void overwritesNothing() throws Exception {
    Path model = ReferenceCase.of("unet_dynamo").model();
    byte[] before = Files.readAllBytes(model);

    WeightsException e =
        assertThrows(
            WeightsException.class,
            () ->
                Float32Conversion.of(OnnxGraph.read(model))
                    .into(model.getParent(), Progress.NONE, new Cancellation()));

    assertTrue(e.getMessage().contains("exists already"), e.getMessage());
    assertEquals(ByteBuffer.wrap(before), ByteBuffer.wrap(Files.readAllBytes(model)));
  }

  @Test
  void refusesGraphsThatLookAtTheBitsOfHalves() throws Exception {
    ModelProto model = OnnxGraph.read(ReferenceCase.of("operators").model()).model();
    ModelProto casting =
        model.toBuilder()
            .setGraph(
                model.getGraph().toBuilder()
                    .addNode(NodeProto.newBuilder().setOpType("BitCast").setName("bits")))
            .build();
    Path file = Files.write(folder.resolve("bits.onnx"), casting.toByteArray());

    WeightsException e =
        assertThrows(
            WeightsException.class, () -> convert(file, Progress.NONE, new Cancellation()));

    assertTrue(e.getMessage().contains("BitCast"), e.getMessage());
    assertEquals(file, e.file());
  }

  /** The operating system refuses to write on: here by a file size limit, as by a full disk. */
  @Test
  @DisabledOnOs(OS.WINDOWS)
  void aDiskThatFillsUpLeavesNothingBehind() throws Exception {
    Path model = ReferenceCase.of("unet_torchscript").model();
    Path target = folder.resolve("converted");
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    String convertUnderLimit =
        "ulimit -f 80 && exec '%s' -XX:-UsePerfData -cp '%s' '%s' '%s' '%s'"
            .formatted(
                java,
                System.getProperty("java.class.path"),
                ConvertMain.class.getName(),
                model,
                target);

    Process process =
        new ProcessBuilder("sh", "-c", convertUnderLimit).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes());
    assertTrue(process.waitFor(30, TimeUnit.SECONDS));

    assertEquals(ConvertMain.FAILED_AS_IT_SHOULD, process.exitValue(), output);
    assertTrue(output.contains("can't be written"), output);
    assertTrue(Files.notExists(target), output);
  }

  @Test
  void saysBeforehandThatTheDiskIsTooSmall() throws Exception {
    Path model = SparseModel.largerThanTheDisk(folder);

    DiskFullException e =
        assertThrows(
            DiskFullException.class, () -> convert(model, Progress.NONE, new Cancellation()));

    assertTrue(e.getMessage().contains("model.onnx needs"), e.getMessage());
    assertTrue(Files.notExists(folder.resolve("converted")));
  }

  private Path convert(Path model, Progress progress, Cancellation cancellation) {
    return Float32Conversion.of(OnnxGraph.read(model))
        .into(folder.resolve("converted"), progress, cancellation);
  }

  private Path write(TensorProto... weights) throws IOException {
    ModelProto like = OnnxGraph.read(ReferenceCase.of("operators").model()).model();
    ModelProto model =
        like.toBuilder()
            .setGraph(
                GraphProto.newBuilder()
                    .addAllOutput(like.getGraph().getOutputList())
                    .addAllInitializer(List.of(weights)))
            .build();
    return Files.write(folder.resolve("model.onnx"), model.toByteArray());
  }

  private static ByteBuffer stored(Initializer weight) throws IOException {
    Initializer.Location.External location = (Initializer.Location.External) weight.location();
    return ByteBuffer.wrap(Files.readAllBytes(location.file()))
        .slice((int) location.offset(), (int) weight.byteLength())
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Converts in a process of its own. */
  static final class ConvertMain {
    static final int FAILED_AS_IT_SHOULD = 17;

    private ConvertMain() {}

    public static void main(String[] arguments) {
      try {
        Float32Conversion.of(OnnxGraph.read(Path.of(arguments[0])))
            .into(Path.of(arguments[1]), Progress.NONE, new Cancellation());
      } catch (WeightsException e) {
        System.out.println(e.getMessage());
        System.exit(FAILED_AS_IT_SHOULD);
      }
    }
  }
}
