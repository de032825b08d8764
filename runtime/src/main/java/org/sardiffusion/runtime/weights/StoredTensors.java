package org.sardiffusion.runtime.weights;

import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Says what the tensors of one ONNX file hold and where, and refuses those whose sizes don't fit
 * the file that they lie in: nothing is allocated on the word of an untrusted header.
 */
final class StoredTensors {
  private static final String EXPORT_AGAIN = "Export or download the model again.";

  private final Path onnxFile;

  /** Lengths of the external files seen so far: exporters may write one file, or one a tensor. */
  private final Map<Path, Long> lengths = new HashMap<>();

  StoredTensors(Path onnxFile) {
    this.onnxFile = onnxFile;
  }

  Initializer describe(TensorProto tensor) {
    ElementType type =
        ElementType.of(tensor.getDataType())
            .orElseThrow(
                () -> broken(tensor, "has the unknown element type " + tensor.getDataType()));
    long count = 1;
    long bytes;
    try {
      for (long dim : tensor.getDimsList()) {
        if (dim < 0) {
          throw broken(tensor, "has the negative dimension " + dim);
        }
        count = Math.multiplyExact(count, dim);
      }
      bytes = type.byteLength(count);
    } catch (ArithmeticException e) {
      throw broken(tensor, "has the impossible shape " + tensor.getDimsList());
    }
    Initializer.Location location =
        tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL
            ? external(tensor, bytes)
            : inline(tensor, type, count);
    return new Initializer(tensor.getName(), type, tensor.getDimsList(), count, location);
  }

  private Initializer.Location inline(TensorProto tensor, ElementType type, long count) {
    if (tensor.hasRawData()) {
      long expected = type.byteLength(count);
      if (tensor.getRawData().size() != expected) {
        throw broken(
            tensor,
            "has " + tensor.getRawData().size() + " bytes where its shape needs " + expected);
      }
      return new Initializer.Location.Inline();
    }
    long values = typedValues(tensor, type);
    long expected =
        switch (type) {
          case COMPLEX64, COMPLEX128 -> Math.multiplyExact(count, 2);
          case UINT4, INT4, FLOAT4E2M1 -> type.byteLength(count);
          default -> count;
        };
    if (values != expected) {
      throw broken(tensor, "has " + values + " values where its shape needs " + expected);
    }
    return new Initializer.Location.Inline();
  }

  /** The field of each type is fixed by the comments of {@code TensorProto} in onnx.proto. */
  private static long typedValues(TensorProto tensor, ElementType type) {
    return switch (type) {
      case FLOAT, COMPLEX64 -> tensor.getFloatDataCount();
      case DOUBLE, COMPLEX128 -> tensor.getDoubleDataCount();
      case INT64 -> tensor.getInt64DataCount();
      case UINT32, UINT64 -> tensor.getUint64DataCount();
      case STRING -> tensor.getStringDataCount();
      default -> tensor.getInt32DataCount();
    };
  }

  private Initializer.Location external(TensorProto tensor, long bytes) {
    Map<String, String> entries =
        tensor.getExternalDataList().stream()
            .collect(
                Collectors.toMap(
                    StringStringEntryProto::getKey,
                    StringStringEntryProto::getValue,
                    (first, second) -> second));
    Path file = inFolder(tensor, entries.getOrDefault("location", ""));
    long offset = number(tensor, entries, "offset", 0);
    long length = number(tensor, entries, "length", bytes);
    if (length != bytes) {
      throw broken(tensor, "is said to take " + length + " bytes, but its shape needs " + bytes);
    }
    long available = lengths.computeIfAbsent(file, absent -> length(tensor, absent));
    if (offset > available || length > available - offset) {
      throw new WeightsException(
          file,
          String.format(
              "is too short: weight %s of %s needs bytes %d to %d, the file has %d",
              quoted(tensor), onnxFile, offset, offset + length, available),
          "The file was cut short or belongs to another export: copy or export the model again.");
    }
    return new Initializer.Location.External(file, offset);
  }

  /**
   * Refuses names that leave the folder of the ONNX file: absolute paths and "..". Links are
   * followed, since the Hugging Face cache lays every file out as a link to its store.
   */
  private Path inFolder(TensorProto tensor, String location) {
    boolean escapes =
        location.startsWith("/")
            || location.startsWith("\\")
            || location.matches("^[A-Za-z]:.*")
            || location.matches("^(.*[/\\\\])?\\.\\.([/\\\\].*)?$");
    if (location.isBlank() || escapes) {
      throw new WeightsException(
          onnxFile,
          String.format(
              "weight %s lies in \"%s\", which is not a file of the model's own folder",
              quoted(tensor), location),
          "Such a model is broken or hostile: get it from another source, or export it again.");
    }
    try {
      return onnxFile.resolveSibling(location);
    } catch (InvalidPathException e) {
      throw broken(tensor, "lies in a file with an impossible name (" + e.getReason() + ")");
    }
  }

  private long number(TensorProto tensor, Map<String, String> entries, String key, long absent) {
    String text = entries.get(key);
    if (text == null) {
      return absent;
    }
    try {
      long value = Long.parseLong(text);
      if (value >= 0) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Reported below, together with negative numbers.
    }
    throw broken(tensor, "has the external data " + key + " \"" + text + "\"");
  }

  private long length(TensorProto tensor, Path file) {
    if (!Files.isRegularFile(file)) {
      throw new WeightsException(
          file,
          String.format("is missing: weight %s of %s lies in it", quoted(tensor), onnxFile),
          "Copy the external data file beside the ONNX file; the two belong together.");
    }
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new WeightsException(
          file, "can't be read (" + e.getMessage() + ")", "Check the file's permissions.", e);
    }
  }

  private WeightsException broken(TensorProto tensor, String problem) {
    return new WeightsException(onnxFile, "weight " + quoted(tensor) + " " + problem, EXPORT_AGAIN);
  }

  private static String quoted(TensorProto tensor) {
    return "\"" + tensor.getName() + "\"";
  }
}
