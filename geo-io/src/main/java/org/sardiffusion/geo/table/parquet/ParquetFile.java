package org.sardiffusion.geo.table.parquet;

import java.nio.BufferOverflowException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.sardiffusion.geo.TableException;

/**
 * A Parquet file whose columns are read as texts: those of texts, numbers, decimals and booleans,
 * with or without nulls, in every encoding, compressed with Snappy, gzip, Zstandard, LZ4 or not at
 * all. That is what pyarrow, pandas, polars, DuckDB and {@link ParquetTable} write.
 *
 * <p>A column is looked at only when it is asked for, so that one that is not needed may hold
 * anything.
 */
public final class ParquetFile {
  /** Runs let a small file name billions; lists and plans are far shorter. */
  static final int MOST_ROWS = 1_000_000;

  private static final String MAGIC = "PAR1";
  private static final String ENCRYPTED = "PARE";
  private static final int TAIL = 8;
  private static final String DAMAGED = "is cut off or damaged";

  private final Path source;
  private final ByteBuffer file;
  private final Map<String, Leaf> columns = new LinkedHashMap<>();
  private final List<ThriftStruct> groups;

  /**
   * A column of the schema.
   *
   * @param element of a flat column; of one of lists or structures, their group
   * @param index among the leaves of all columns
   */
  private record Leaf(ThriftStruct element, int index) {
    /** Whether there is one value a row, or none. */
    boolean flat() {
      return element.number(5).orElse(0) == 0 && element.number(3).orElse(0) != 2;
    }
  }

  /**
   * Reads what the file says of itself.
   *
   * @param source the file's name, for messages
   * @param bytes the whole file
   * @throws TableException if it is no Parquet file, damaged or encrypted
   */
  public ParquetFile(Path source, byte[] bytes) {
    this.source = source;
    file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    ThriftStruct metadata = checked(source.toString(), this::metadata);
    groups = metadata.structs(4);
    checked(source.toString(), () -> readSchema(metadata.structs(2)));
  }

  private ThriftStruct metadata() {
    int end = file.capacity();
    if (end >= MAGIC.length() + TAIL && word(end - MAGIC.length()).equals(ENCRYPTED)) {
      throw new UnreadableException("is encrypted");
    }
    if (end < MAGIC.length() + TAIL
        || !word(0).equals(MAGIC)
        || !word(end - MAGIC.length()).equals(MAGIC)) {
      throw new UnreadableException(
          "is not a Parquet file, or was cut off: it does not begin and end with PAR1");
    }
    int footer = file.getInt(end - TAIL);
    if (footer < 0 || footer > end - TAIL) {
      throw UnreadableException.damaged();
    }
    return ThriftStruct.read(file.slice(end - TAIL - footer, footer));
  }

  private String word(int at) {
    byte[] bytes = new byte[MAGIC.length()];
    file.get(at, bytes);
    return new String(bytes, StandardCharsets.US_ASCII);
  }

  private boolean readSchema(List<ThriftStruct> elements) {
    int leaves = 0;
    for (int e = 1; e < elements.size(); ) {
      ThriftStruct top = elements.get(e);
      String name = top.text(4);
      if (columns.put(name, new Leaf(top, leaves)) != null) {
        throw new UnreadableException("has two columns named \"" + name + "\"");
      }
      // Walks over what belongs to the column, to count its leaves.
      long open = 1;
      while (open > 0) {
        long children = elements.get(e++).number(5).orElse(0);
        open += children - 1;
        leaves += children == 0 ? 1 : 0;
      }
    }
    return true;
  }

  /** The columns' names, in order. */
  public List<String> names() {
    return List.copyOf(columns.keySet());
  }

  /**
   * Reads a column.
   *
   * @param name one of {@link #names}
   * @return one text for each row, empty where there is none
   * @throws TableException if it is damaged, or holds what is not read
   */
  public List<Optional<String>> column(String name) {
    return checked(source + ": the column \"" + name + "\"", () -> read(columns.get(name)));
  }

  private List<Optional<String>> read(Leaf leaf) {
    if (!leaf.flat()) {
      throw new UnreadableException(
          "holds lists or structures, which are not read: write it as text or as numbers");
    }
    ParquetColumn column = ParquetColumn.of(leaf.element());
    List<Optional<String>> values = new ArrayList<>();
    for (ThriftStruct group : groups) {
      ThriftStruct chunk = group.structs(1).get(leaf.index()).struct(3);
      long rows = (long) values.size() + group.size(3);
      if (rows > MOST_ROWS) {
        throw new UnreadableException("has more than " + MOST_ROWS + " rows");
      }
      long first = chunk.number(9).orElse(-1);
      long dictionary = chunk.number(11).orElse(first);
      ByteBuffer pages = file.duplicate().order(ByteOrder.LITTLE_ENDIAN);
      pages.position(Math.toIntExact(dictionary > 0 ? Math.min(first, dictionary) : first));
      new ColumnReader(column, Codec.of(chunk.size(4)), (int) rows, values).read(pages);
    }
    return values;
  }

  private static <T> T checked(String what, Supplier<T> reading) {
    try {
      return reading.get();
    } catch (UnreadableException e) {
      throw new TableException(what + " " + e.getMessage() + ".", e);
    } catch (BufferUnderflowException
        | BufferOverflowException
        | IndexOutOfBoundsException
        | IllegalArgumentException
        | ArithmeticException e) {
      throw new TableException(what + " " + DAMAGED + ".", e);
    }
  }
}
