package org.sardiffusion.pipelines.list;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.sardiffusion.geo.table.ListFile;

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
 * @param notes sentences on what was passed over
 */
public record PromptList(
    Path source, List<PromptLine> lines, List<RejectedLine> rejected, List<String> notes) {
  public PromptList {
    lines = List.copyOf(lines);
    rejected = List.copyOf(rejected);
    notes = List.copyOf(notes);
  }

  /**
   * Reads a prompt list.
   *
   * @param ignored columns or keys that say nothing of an image; any that are not known are refused
   *     otherwise
   * @throws PromptListException if the list is of another format, or without any prompt; single bad
   *     lines are in {@link #rejected} instead
   * @throws org.sardiffusion.geo.TableException if the file is missing, not text, or too large
   */
  public static PromptList read(Path source, Set<String> ignored) {
    ListFile file = file(source);
    file.check();
    Collector collector = new Collector(new ColumnChoice(ignored));
    switch (file.ending()) {
      case "txt" -> TextLines.read(file, collector);
      case "csv", "tsv", "parquet" -> TableLines.read(file, collector);
      case "jsonl", "ndjson" -> ObjectLines.read(file, collector);
      case "yaml", "yml" -> Templates.read(file, collector);
      default ->
          throw new PromptListException(
              source
                  + ": the ending of a prompt list says how to read it: use .txt, .csv, .jsonl,"
                  + " .parquet or .yaml.");
    }
    if (collector.lines.isEmpty() && collector.rejected.isEmpty()) {
      throw new PromptListException(source + " holds no prompt.");
    }
    return new PromptList(source, collector.lines, collector.rejected, collector.notes);
  }

  /** Reads a prompt list all of whose columns are known. */
  public static PromptList read(Path source) {
    return read(source, Set.of());
  }

  static ListFile file(Path source) {
    return new ListFile(source, "a prompt list", "Split it, or let \"count\" repeat lines.");
  }

  /** What is found in a list. */
  static final class Collector {
    private final ColumnChoice choice;
    private final List<PromptLine> lines = new ArrayList<>();
    private final List<RejectedLine> rejected = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    private Collector(ColumnChoice choice) {
      this.choice = choice;
    }

    ColumnChoice choice() {
      return choice;
    }

    void add(PromptLine line) {
      lines.add(line);
    }

    void reject(RejectedLine line) {
      rejected.add(line);
    }

    void note(String sentence) {
      notes.add(sentence);
    }
  }
}
