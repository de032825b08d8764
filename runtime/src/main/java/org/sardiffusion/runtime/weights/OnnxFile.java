package org.sardiffusion.runtime.weights;

import ai.onnx.proto.OnnxMl.ModelProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Parses an ONNX file without copying the weights that lie in it. */
final class OnnxFile {
  private static final String EXPORT_AGAIN = "Export or download the model again.";

  /**
   * Longer files are mapped, so that inline weights stay on disk until they are asked for. Shorter
   * ones are read: a mapping holds its file open (on Windows: undeletable) until it is collected.
   */
  private static final long MAPPED_FROM = 16L << 20;

  private OnnxFile() {}

  /** The bytes of the file and what they say; raw data in {@code model} are slices of them. */
  record Parsed(ByteString bytes, ModelProto model) {}

  static Parsed parse(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new WeightsException(file, "there is no such file", EXPORT_AGAIN);
    }
    try {
      ByteString bytes = bytes(file);
      refusePlaceholder(file, bytes);
      // newCodedInput marks the bytes as immutable, which is what lets aliasing work.
      CodedInputStream input = bytes.newCodedInput();
      input.enableAliasing(true);
      ModelProto model = ModelProto.parseFrom(input);
      if (!model.hasGraph() || model.getGraph().getOutputCount() == 0) {
        throw notOnnx(file, "it holds no graph");
      }
      if (model.getOpsetImportCount() == 0) {
        throw notOnnx(file, "it names no operator set");
      }
      return new Parsed(bytes, model);
    } catch (InvalidProtocolBufferException e) {
      throw new WeightsException(
          file, "is truncated or not an ONNX file (" + e.getMessage() + ")", EXPORT_AGAIN, e);
    } catch (IOException e) {
      throw new WeightsException(
          file, "can't be read (" + e.getMessage() + ")", "Check the file's permissions.", e);
    }
  }

  private static ByteString bytes(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      long size = channel.size();
      if (size > Integer.MAX_VALUE) {
        throw new WeightsException(
            file,
            "has " + size + " bytes, more than the 2 GiB that protobuf allows",
            "Export the model with its weights in an external data file.");
      }
      return UnsafeByteOperations.unsafeWrap(
          size >= MAPPED_FROM
              ? channel.map(MapMode.READ_ONLY, 0, size)
              : ByteBuffer.wrap(Files.readAllBytes(file)));
    }
  }

  /** A checkout without Git LFS is the commonest "corrupt" model, and needs another remedy. */
  private static void refusePlaceholder(Path file, ByteString bytes) {
    if (bytes.startsWith(
        ByteString.copyFrom("version https://git-lfs", StandardCharsets.US_ASCII))) {
      throw new WeightsException(
          file, "is only a Git LFS pointer", "Fetch the file itself with `git lfs pull`.");
    }
  }

  private static WeightsException notOnnx(Path file, String why) {
    return new WeightsException(file, "is truncated or not an ONNX file: " + why, EXPORT_AGAIN);
  }
}
