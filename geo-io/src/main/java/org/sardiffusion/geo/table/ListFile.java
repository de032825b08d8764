package org.sardiffusion.geo.table;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import org.sardiffusion.geo.TableException;

/**
 * A list that is held in memory as a whole.
 *
 * @param path where it is
 * @param what it should be, such as {@code a prompt list}, for messages
 * @param ifTooLarge what to do about one that is too large: a sentence
 */
public record ListFile(Path path, String what, String ifTooLarge) {
  /** A hundred thousand long prompts, or two million points of outlines. */
  public static final int LARGEST_BYTES = 64 << 20;

  private static final String BYTE_ORDER_MARK = "\uFEFF";

  /** What the name ends with, in lower case, without the dot; empty if it has none. */
  public String ending() {
    String name = path.getFileName() == null ? "" : path.getFileName().toString();
    int dot = name.lastIndexOf('.');
    return dot < 0 ? "" : name.substring(dot + 1).toLowerCase(Locale.ROOT);
  }

  /**
   * Checks the file.
   *
   * @throws TableException if it is missing, no file, empty or too large
   */
  public void check() {
    if (!Files.exists(path)) {
      throw new TableException("There is no file " + path + ".");
    }
    if (!Files.isRegularFile(path)) {
      throw new TableException(path + " is not a file: name " + what + ".");
    }
    long size = read(Files::size);
    if (size == 0) {
      throw new TableException(path + " is empty: it should be " + what + ".");
    }
    if (size > LARGEST_BYTES) {
      throw new TableException(
          "%s has %d MiB, more than the %d MiB that %s may have. %s"
              .formatted(path, size >> 20, LARGEST_BYTES >> 20, what, ifTooLarge));
    }
  }

  /** Something read from the file. */
  @FunctionalInterface
  private interface Reading<T> {
    T from(Path path) throws IOException;
  }

  private <T> T read(Reading<T> reading) {
    try {
      return reading.from(path);
    } catch (IOException e) {
      throw new TableException("Can't read " + path + ": " + e.getMessage() + ".", e);
    }
  }

  /**
   * Reads the file.
   *
   * @throws TableException as {@link #check}, or if it can't be read
   */
  public byte[] bytes() {
    check();
    return read(Files::readAllBytes);
  }

  /**
   * The file as text, without byte order marks: files that were joined have some inside, too, which
   * nobody sees.
   *
   * @throws TableException as {@link #bytes}, or if it is not text in UTF-8
   */
  public String text() {
    byte[] bytes = bytes();
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer text = CharBuffer.allocate(bytes.length);
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    CoderResult result = decoder.decode(in, text, true);
    if (result.isError()) {
      throw notText(bytes, in.position(), "is not UTF-8");
    }
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == 0) {
        throw notText(bytes, i, "has a zero byte");
      }
    }
    return text.flip().toString().replace(BYTE_ORDER_MARK, "");
  }

  private TableException notText(byte[] bytes, int at, String problem) {
    int line = 1;
    for (byte b : Arrays.copyOf(bytes, at)) {
      line += b == '\n' ? 1 : 0;
    }
    return new TableException(
        "%s %s in line %d, so it is not %s. Save it as plain text in UTF-8."
            .formatted(path, problem, line, what));
  }
}
