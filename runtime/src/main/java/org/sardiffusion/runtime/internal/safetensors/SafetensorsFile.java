package org.sardiffusion.runtime.internal.safetensors;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sardiffusion.runtime.weights.WeightsException;

/**
 * A safetensors file: its metadata, and its tensors without their values.
 *
 * <p>The format (github.com/huggingface/safetensors, README, "Format"): 8 bytes with the header's
 * length N, N bytes of JSON, then the values. The header is believed in nothing that was not
 * measured: its length, each tensor's place and size are checked against the file, and tensors may
 * not share bytes. Immutable; holds no file open.
 */
public final class SafetensorsFile {
  /** The reference implementation's own limit. */
  private static final long MAX_HEADER = 100_000_000;

  private static final String METADATA = "__metadata__";
  private static final String COPY_AGAIN = "Copy or download the file again.";
  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  static {
    // A name may be as long as the header; nothing in it is nested deeply.
    MAPPER
        .getFactory()
        .setStreamReadConstraints(
            StreamReadConstraints.builder()
                .maxStringLength((int) MAX_HEADER)
                .maxNameLength((int) MAX_HEADER)
                .maxNestingDepth(16)
                .build());
  }

  private final Path file;
  private final Map<String, String> metadata;
  private final Map<String, SafeTensor> tensors;

  private SafetensorsFile(
      Path file, Map<String, String> metadata, Map<String, SafeTensor> tensors) {
    this.file = file;
    this.metadata = Collections.unmodifiableMap(metadata);
    this.tensors = Collections.unmodifiableMap(tensors);
  }

  /**
   * Reads and checks the header.
   *
   * @throws WeightsException when the file is missing, truncated, not safetensors, or its header
   *     says what can't be
   */
  public static SafetensorsFile read(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new WeightsException(
          file,
          Files.isDirectory(file) ? "is a folder, not a safetensors file" : "there is no such file",
          "Give the path of a .safetensors file.");
    }
    try (FileChannel channel = FileChannel.open(file)) {
      return new Header(file, channel).read();
    } catch (IOException e) {
      throw new WeightsException(
          file, "can't be read (" + e.getMessage() + ")", "Check the file's permissions.", e);
    }
  }

  /** The file that was read. */
  public Path file() {
    return file;
  }

  /** What the writer noted, in the order of the file. */
  public Map<String, String> metadata() {
    return metadata;
  }

  /** The tensors by name, in the order of the header. */
  public Map<String, SafeTensor> tensors() {
    return tensors;
  }

  /** One header on its way from bytes to tensors. */
  private static final class Header {
    private final Path file;
    private final FileChannel channel;
    private final long fileLength;

    private Header(Path file, FileChannel channel) throws IOException {
      this.file = file;
      this.channel = channel;
      this.fileLength = channel.size();
    }

    private SafetensorsFile read() throws IOException {
      if (fileLength < Long.BYTES) {
        throw broken("has " + fileLength + " bytes, too few for a safetensors file");
      }
      ByteBuffer start = bytes(0, Long.BYTES);
      long length = start.getLong(0);
      if (length < 2 || length > MAX_HEADER || length > fileLength - Long.BYTES) {
        refusePickle(start);
        throw broken(
            "is truncated or not a safetensors file: its header should have "
                + Long.toUnsignedString(length)
                + " bytes, the file has "
                + fileLength);
      }
      JsonNode root = json(bytes(Long.BYTES, (int) length));
      long dataStart = Long.BYTES + length;
      Map<String, SafeTensor> tensors = new LinkedHashMap<>();
      for (Map.Entry<String, JsonNode> entry : root.properties()) {
        if (!entry.getKey().equals(METADATA)) {
          tensors.put(entry.getKey(), tensor(entry.getKey(), entry.getValue(), dataStart));
        }
      }
      refuseOverlaps(tensors);
      return new SafetensorsFile(file, metadata(root.path(METADATA)), tensors);
    }

    private void refusePickle(ByteBuffer start) {
      int first = start.get(0) & 0xff;
      int second = start.get(1) & 0xff;
      if (first == 'P' && second == 'K' || first == 0x80 && second >= 2 && second <= 5) {
        throw new WeightsException(
            file,
            "is a pickle of PyTorch (.bin, .pt, .ckpt), which can run any program when it is opened",
            "Only safetensors files are read: get the adapter in that format, or convert it where you trust it.");
      }
    }

    private JsonNode json(ByteBuffer bytes) throws IOException {
      try {
        JsonNode root = MAPPER.readTree(bytes.array());
        if (root != null && root.isObject()) {
          return root;
        }
        throw broken("is not a safetensors file: its header is not a JSON object");
      } catch (JsonProcessingException e) {
        throw new WeightsException(
            file,
            "is damaged or not a safetensors file: its header is not JSON ("
                + e.getOriginalMessage()
                + ")",
            COPY_AGAIN,
            e);
      }
    }

    private Map<String, String> metadata(JsonNode node) {
      Map<String, String> texts = new LinkedHashMap<>();
      for (Map.Entry<String, JsonNode> entry : node.properties()) {
        if (entry.getValue().isTextual()) {
          texts.put(entry.getKey(), entry.getValue().textValue());
        }
      }
      return texts;
    }

    private SafeTensor tensor(String name, JsonNode json, long dataStart) {
      SafeType type =
          SafeType.of(json.path("dtype").asText())
              .orElseThrow(() -> wrong(name, "the unknown element type " + json.path("dtype")));
      List<Long> shape = longs(name, "shape", json.path("shape"));
      List<Long> span = longs(name, "data_offsets", json.path("data_offsets"));
      long available = fileLength - dataStart;
      if (span.size() != 2 || span.get(0) > span.get(1) || span.get(1) > available) {
        throw wrong(
            name,
            "data_offsets " + span + ", but the file has " + available + " bytes after its header");
      }
      long count = 1;
      try {
        for (long dim : shape) {
          count = Math.multiplyExact(count, dim);
        }
        if (Math.multiplyExact(count, type.bytes()) != span.get(1) - span.get(0)) {
          throw wrong(
              name,
              (span.get(1) - span.get(0))
                  + " bytes, which is not what its shape "
                  + shape
                  + " takes in "
                  + type);
        }
      } catch (ArithmeticException e) {
        throw wrong(name, "the impossible shape " + shape);
      }
      return new SafeTensor(file, name, type, shape, count, dataStart + span.get(0));
    }

    private List<Long> longs(String name, String key, JsonNode array) {
      List<Long> values = new ArrayList<>();
      if (!array.isArray() || array.size() > 16) {
        throw wrong(name, "no usable \"" + key + "\"");
      }
      for (JsonNode value : array) {
        if (!value.isIntegralNumber() || !value.canConvertToLong() || value.longValue() < 0) {
          throw wrong(name, "the " + key + " " + abbreviated(array.toString()));
        }
        values.add(value.longValue());
      }
      return values;
    }

    /** Overlaps would let a small file pretend to hold any amount of weights. */
    private void refuseOverlaps(Map<String, SafeTensor> tensors) {
      List<SafeTensor> ordered = new ArrayList<>(tensors.values());
      ordered.removeIf(tensor -> tensor.byteLength() == 0);
      ordered.sort(Comparator.comparingLong(SafeTensor::offset));
      for (int i = 1; i < ordered.size(); i++) {
        SafeTensor before = ordered.get(i - 1);
        if (before.offset() + before.byteLength() > ordered.get(i).offset()) {
          throw wrong(ordered.get(i).name(), "bytes that belong to \"" + before.name() + "\" too");
        }
      }
    }

    private ByteBuffer bytes(long offset, int length) throws IOException {
      ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
      while (buffer.hasRemaining()) {
        if (channel.read(buffer, offset + buffer.position()) < 0) {
          throw new EOFException("the file became shorter while it was read");
        }
      }
      return buffer.flip();
    }

    private WeightsException wrong(String name, String what) {
      return broken("tensor \"" + abbreviated(name) + "\" has " + what);
    }

    private WeightsException broken(String problem) {
      return new WeightsException(file, problem, COPY_AGAIN);
    }

    private static String abbreviated(String text) {
      return text.length() <= 120 ? text : text.substring(0, 120) + "...";
    }
  }
}
