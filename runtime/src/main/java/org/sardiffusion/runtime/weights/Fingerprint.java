package org.sardiffusion.runtime.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.sardiffusion.core.io.Sha256;

/**
 * Tells one graph with its weights from another, without reading gigabytes at every start.
 *
 * <p>SHA-256 of the converter's version, the whole ONNX file and, for each external data file, its
 * name, size, time of modification and {@value #SAMPLE} bytes from the middle of every weight in
 * it. Size and time alone would not do: two fine-tunes of one model have the same graph and sizes,
 * and archives made reproducibly give all files the same time. The samples alone would not either:
 * a new token changes one row of a large matrix.
 */
final class Fingerprint {
  private static final int SAMPLE = 256;

  private Fingerprint() {}

  /**
   * @return 64 hexadecimal digits
   */
  static String of(OnnxGraph graph) {
    MessageDigest digest = Sha256.digest();
    text(digest, "float32 conversion " + Float32Conversion.VERSION);
    graph.bytes().asReadOnlyByteBufferList().forEach(digest::update);
    Map<Path, List<Initializer>> weights =
        graph.initializers().values().stream()
            .filter(each -> each.location() instanceof Initializer.Location.External)
            .collect(
                Collectors.groupingBy(
                    each -> ((Initializer.Location.External) each.location()).file()));
    for (Path file : graph.externalFiles()) {
      try {
        text(digest, file.getFileName().toString());
        text(digest, Files.size(file) + " " + Files.getLastModifiedTime(file).toMillis());
        sample(digest, file, weights.getOrDefault(file, List.of()));
      } catch (IOException e) {
        throw new WeightsException(
            file, "can't be read (" + e.getMessage() + ")", "Check the file's permissions.", e);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static void sample(MessageDigest digest, Path file, List<Initializer> weights)
      throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      for (Initializer weight : weights) {
        long start = ((Initializer.Location.External) weight.location()).offset();
        int length = (int) Math.min(SAMPLE, weight.byteLength());
        ByteBuffer sample = ByteBuffer.allocate(length);
        long position = start + (weight.byteLength() - length) / 2;
        while (sample.hasRemaining() && channel.read(sample, position + sample.position()) >= 0) {}
        digest.update(sample.flip());
      }
    }
  }

  /** The length goes first, so that no two lists of texts hash alike. */
  private static void text(MessageDigest digest, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
    digest.update(bytes);
  }
}
