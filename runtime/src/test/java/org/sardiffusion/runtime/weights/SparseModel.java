package org.sardiffusion.runtime.weights;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;

/** Models whose weights are holes in a sparse file: large, and yet they take no space. */
final class SparseModel {
  private SparseModel() {}

  /** A half precision model that takes more than the free space when it is converted. */
  static Path largerThanTheDisk(Path folder) throws IOException {
    return halves(folder, Files.getFileStore(folder).getUsableSpace() / 2 + (1L << 30));
  }

  /** A model with one external half precision weight. */
  static Path halves(Path folder, long count) throws IOException {
    ModelProto like = OnnxGraph.read(ReferenceCase.of("operators").model()).model();
    TensorProto weight =
        TensorProto.newBuilder()
            .setName("holes")
            .setDataType(ElementType.FLOAT16.code())
            .addDims(count)
            .setDataLocation(TensorProto.DataLocation.EXTERNAL)
            .addExternalData(
                StringStringEntryProto.newBuilder().setKey("location").setValue("holes.bin"))
            .build();
    ModelProto model =
        like.toBuilder()
            .setGraph(
                GraphProto.newBuilder()
                    .addAllOutput(like.getGraph().getOutputList())
                    .addInitializer(weight))
            .build();
    Path data = folder.resolve("holes.bin");
    try (RandomAccessFile file = new RandomAccessFile(data.toFile(), "rw")) {
      file.setLength(2 * count);
    } catch (IOException e) {
      assumeTrue(false, "no sparse file of this size here: " + e.getMessage());
    }
    return Files.write(folder.resolve("model.onnx"), model.toByteArray());
  }
}
