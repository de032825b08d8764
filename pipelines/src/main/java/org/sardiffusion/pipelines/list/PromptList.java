package org.sardiffusion.pipelines.list;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a file of prompts asks for.
 *
 * <ul>
 *   <li>{@code .txt}: one prompt a line; empty lines and lines that begin with {@code #} are passed
 *       over.
 *   <li>{@code .csv} (RFC 4180; comma, semicolon or tab): the first line names the columns, {@code
 *       prompt}, {@code label} and the options of one image; {@code a|b} in a column other than a
 *       text's gives several values.
 *   <li>{@code .jsonl}: one object a line with the same keys; an array gives several values.
 *   <li>{@code .parquet}: as CSV, see {@link org.sardiffusion.geo.table.parquet.ParquetFile}.
 *   <li>{@code .yaml}: templates, see {@link Templates}.
 * </ul>
 *
 * @param source the file
 * @param lines what can be planned
 * @param rejected what can't be read
 */
public record PromptList(Path source, List<PromptLine> lines, List<RejectedLine> rejected) {
  /** A plan is held in memory, and so is its list: a hundred thousand long prompts fit. */
  static final long LARGEST_BYTES = 64L << 20;

  public PromptList {
    lines = List.copyOf(lines);
    rejected = List.copyOf(rejected);
  }

  /**
   * Reads a prompt list.
   *
   * @throws PromptListException if the file is missing, not text, too large, of another format, or
   *     without any prompt; single bad lines are in {@link #rejected} instead
   */
  public static PromptList read(Path source) {
    String name = source.getFileName() == null ? "" : source.getFileName().toString();
    String lower = name.toLowerCase(Locale.ROOT);
    Format format = format(source, lower);
    Collector collector = new Collector();
    format.read(source, collector);
    if (collector.lines.isEmpty() && collector.rejected.isEmpty()) {
      throw new PromptListException(source + " holds no prompt.");
    }
    return new PromptList(source, collector.lines, collector.rejected);
  }

  /** Reads a list. */
  @FunctionalInterface
  private interface Format {
    void read(Path source, Collector collector);
  }

  /** Reads the text of a list. */
  @FunctionalInterface
  private interface TextFormat {
    void read(Path source, String text, Collector collector);
  }

  private static Format text(TextFormat format) {
    return (source, collector) -> format.read(source, text(source), collector);
  }

  private static Format format(Path source, String name) {
    if (name.endsWith(".txt")) {
      return text(TextLines::read);
    }
    if (name.endsWith(".csv") || name.endsWith(".tsv")) {
      return text(CsvLines::read);
    }
    if (name.endsWith(".jsonl") || name.endsWith(".ndjson")) {
      return text(JsonLines::read);
    }
    if (name.endsWith(".yaml") || name.endsWith(".yml")) {
      return text(Templates::read);
    }
    if (name.endsWith(".parquet")) {
      return (file, collector) -> ParquetLines.read(file, bytes(file), collector);
    }
    throw new PromptListException(
        source
            + ": the ending of a prompt list says how to read it: use .txt, .csv, .jsonl, .parquet"
            + " or .yaml.");
  }

  /** What a format finds in a list. */
  static final class Collector {
    private final List<PromptLine> lines = new ArrayList<>();
    private final List<RejectedLine> rejected = new ArrayList<>();

    void add(PromptLine line) {
      lines.add(line);
    }

    void reject(RejectedLine line) {
      rejected.add(line);
    }
  }

  /** The whole file as text, without a byte order mark. */
  static String text(Path source) {
    try {
      String text =
          StandardCharsets.UTF_8
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .decode(ByteBuffer.wrap(bytes(source)))
              .toString();
      int zero = text.indexOf('\0');
      if (zero >= 0) {
        throw notText(source, "has a zero byte in line " + lineOf(text, zero));
      }
      return text.startsWith("\uFEFF") ? text.substring(1) : text;
    } catch (CharacterCodingException e) {
      throw notText(source, "is not UTF-8");
    }
  }

  private static byte[] bytes(Path source) {
    if (!Files.exists(source)) {
      throw new PromptListException("There is no file " + source + ".");
    }
    if (!Files.isRegularFile(source)) {
      throw new PromptListException(source + " is not a file: name a prompt list.");
    }
    try (InputStream in = Files.newInputStream(source)) {
      if (Files.size(source) > LARGEST_BYTES) {
        throw new PromptListException(
            source
                + " has "
                + (Files.size(source) >> 20)
                + " MiB, more than the "
                + (LARGEST_BYTES >> 20)
                + " MiB that a prompt list may have. Split it, or let \"count\" repeat lines.");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new PromptListException("Can't read " + source + ": " + e.getMessage() + ".", e);
    }
  }

  private static PromptListException notText(Path source, String what) {
    return new PromptListException(
        source + " " + what + ", so it is no prompt list. Save it as plain text in UTF-8.");
  }

  private static long lineOf(String text, int index) {
    return 1 + text.chars().limit(index).filter(c -> c == '\n').count();
  }
}
