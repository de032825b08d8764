package org.sardiffusion.pipelines.batch;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

/**
 * Reads the columns of an Apache Parquet file as texts: flat columns of texts and numbers, with or
 * without nulls, in plain or dictionary encoding, not compressed or by Snappy or gzip. That is what
 * pandas, pyarrow, DuckDB and {@link ParquetTable} write unless they are told otherwise.
 *
 * <p>Source: apache/parquet-format, {@code parquet.thrift}, {@code Encodings.md} and {@code
 * Compression.md}; numbers of fields below are theirs.
 */
final class ParquetColumns {
  private static final String MAGIC = "PAR1";
  private static final int TAIL = 8;

  /** A plan has far fewer images; runs let a small file name billions. */
  private static final int MOST_ROWS = 1_000_000;

  /** Of one page. */
  private static final int MOST_BYTES = 256 << 20;

  /** A copy of up to 64 bytes takes three bytes, so no block grows as much. */
  private static final int MOST_SNAPPY_RATIO = 64;

  /** The physical type of 64 bits. */
  private static final int LONG = 2;

  /** The converted type of decimals, and their digits in 64 bits. */
  private static final int DECIMAL = 5;

  private static final int MOST_DIGITS = 18;
  private static final int DICTIONARY_PAGE = 2;
  private static final int PAGE_V2 = 3;
  private static final int PLAIN = 0;
  private static final int PLAIN_DICTIONARY = 2;
  private static final int RLE_DICTIONARY = 8;

  private final ByteBuffer file;

  private ParquetColumns(byte[] file) {
    this.file = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Reads all columns, each with one text for each row, empty where there is none.
   *
   * @throws IllegalArgumentException if the file is damaged, or uses what this does not read; the
   *     message completes "the file can't be read: "
   */
  static Map<String, List<Optional<String>>> read(byte[] file) {
    try {
      return new ParquetColumns(file).columns();
    } catch (BufferUnderflowException | IndexOutOfBoundsException | ArithmeticException e) {
      throw new IllegalArgumentException("it is cut off or damaged", e);
    } catch (IOException e) {
      throw new IllegalArgumentException("a page can't be decompressed: " + e.getMessage(), e);
    }
  }

  /**
   * A column of the schema.
   *
   * @param type the physical type's number
   * @param scale of a decimal: so many digits of the number that is stored are its fraction; 0 of
   *     other types
   */
  private record Column(String name, int type, boolean optional, int scale) {}

  private Map<String, List<Optional<String>>> columns() throws IOException {
    int end = file.capacity();
    if (end < MAGIC.length() + TAIL || !magic(0) || !magic(end - MAGIC.length())) {
      throw new IllegalArgumentException("it does not begin and end as Parquet does, with PAR1");
    }
    int footer = file.getInt(end - TAIL);
    ThriftStruct metadata = ThriftStruct.read(slice((long) end - TAIL - footer, footer));
    List<Column> schema = schema(metadata.structs(2));
    Map<String, List<Optional<String>>> columns = new LinkedHashMap<>();
    schema.forEach(column -> columns.put(column.name(), new ArrayList<>()));
    if (columns.size() != schema.size()) {
      throw new IllegalArgumentException("two of its columns have one name");
    }
    for (ThriftStruct group : metadata.structs(4)) {
      List<ThriftStruct> chunks = group.structs(1);
      if (chunks.size() != schema.size()) {
        throw new IllegalArgumentException("a group of rows lacks columns");
      }
      for (int c = 0; c < chunks.size(); c++) {
        Column column = schema.get(c);
        List<Optional<String>> values = columns.get(column.name());
        long rows = (long) values.size() + group.size(3);
        if (rows > MOST_ROWS) {
          throw new IllegalArgumentException("it has more than " + MOST_ROWS + " rows");
        }
        read(column, chunks.get(c).struct(3), (int) rows, values);
      }
    }
    return columns;
  }

  private boolean magic(int at) {
    byte[] bytes = new byte[MAGIC.length()];
    file.get(at, bytes);
    return new String(bytes, StandardCharsets.US_ASCII).equals(MAGIC);
  }

  /** A part of the file, with a position of its own. */
  private ByteBuffer slice(long from, int length) {
    if (from < 0 || length < 0 || from + length > file.capacity()) {
      throw new IllegalArgumentException("it is cut off or damaged");
    }
    return file.slice((int) from, length).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static List<Column> schema(List<ThriftStruct> elements) {
    List<Column> columns = new ArrayList<>();
    for (ThriftStruct element : elements.subList(Math.min(1, elements.size()), elements.size())) {
      if (element.number(5).orElse(0) > 0 || element.number(3).orElse(0) == 2) {
        throw new IllegalArgumentException(
            "its column \"" + element.text(4) + "\" holds lists or structures");
      }
      columns.add(
          new Column(
              element.text(4), element.size(1), element.number(3).orElse(0) == 1, scale(element)));
    }
    return columns;
  }

  /** Writers tell decimals by their converted type, their logical type, or both. */
  private static int scale(ThriftStruct element) {
    Optional<ThriftStruct> logical = element.optional(10).flatMap(type -> type.optional(5));
    if (logical.isEmpty() && element.number(6).orElse(-1) != DECIMAL) {
      return 0;
    }
    long scale = logical.isPresent() ? logical.get().size(1) : element.number(7).orElse(0);
    if (element.size(1) > LONG || scale < 0 || scale > MOST_DIGITS) {
      throw new IllegalArgumentException(
          "its column \"" + element.text(4) + "\" holds long decimals; write it as float64");
    }
    return (int) scale;
  }

  /** Reads the pages of a column's part in a group of rows, until so many rows are there. */
  private void read(Column column, ThriftStruct chunk, int rows, List<Optional<String>> into)
      throws IOException {
    int codec = chunk.size(4);
    long first = chunk.number(9).orElse(-1);
    long dictionary = chunk.number(11).orElse(first);
    ByteBuffer pages = file.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    pages.position(Math.toIntExact(dictionary > 0 ? Math.min(first, dictionary) : first));
    List<String> words = List.of();
    while (into.size() < rows) {
      ThriftStruct header = ThriftStruct.read(pages);
      int stored = header.size(3);
      ByteBuffer body = slice(pages.position(), stored);
      pages.position(pages.position() + stored);
      switch (header.size(1)) {
        case DICTIONARY_PAGE ->
            words = plain(column, decompress(codec, body, header.size(2)), words(header.struct(7)));
        case 0 -> {
          ThriftStruct page = header.struct(5);
          ByteBuffer data = decompress(codec, body, header.size(2));
          boolean[] present = all(page.size(1), rows - into.size());
          if (column.optional()) {
            int length = data.getInt();
            levels(part(data, length), present);
          }
          values(column, page.size(2), data, present, words, into);
        }
        case PAGE_V2 -> {
          ThriftStruct page = header.struct(8);
          boolean[] present = all(page.size(1), rows - into.size());
          int levels = page.size(5);
          part(body, page.size(6));
          ByteBuffer definition = part(body, levels);
          if (column.optional()) {
            levels(definition, present);
          }
          ByteBuffer data =
              page.flag(7) ? decompress(codec, body, header.size(2) - levels - page.size(6)) : body;
          values(column, page.size(4), data, present, words, into);
        }
        default -> {
          // Index pages hold no values.
        }
      }
    }
  }

  /** Empty texts take four bytes, but their list more. */
  private static int words(ThriftStruct dictionary) {
    int count = dictionary.size(1);
    if (count > MOST_ROWS) {
      throw new IllegalArgumentException(
          "a dictionary of it has more than " + MOST_ROWS + " texts");
    }
    return count;
  }

  /** The next bytes, taken off the front. */
  private static ByteBuffer part(ByteBuffer data, int length) {
    if (length < 0 || length > data.remaining()) {
      throw new IllegalArgumentException("a page of it is damaged");
    }
    ByteBuffer part = data.slice(data.position(), length).order(ByteOrder.LITTLE_ENDIAN);
    data.position(data.position() + length);
    return part;
  }

  private static boolean[] all(int count, int most) {
    if (count > most) {
      throw new IllegalArgumentException("a page of it has more values than rows");
    }
    boolean[] present = new boolean[count];
    java.util.Arrays.fill(present, true);
    return present;
  }

  private static void levels(ByteBuffer data, boolean[] present) {
    int[] levels = runs(data, 1, present.length);
    for (int k = 0; k < levels.length; k++) {
      present[k] = levels[k] == 1;
    }
  }

  private static void values(
      Column column,
      int encoding,
      ByteBuffer data,
      boolean[] present,
      List<String> words,
      List<Optional<String>> into) {
    int count = 0;
    for (boolean each : present) {
      count += each ? 1 : 0;
    }
    List<String> values = new ArrayList<>();
    switch (encoding) {
      case PLAIN -> values = plain(column, data, count);
      case PLAIN_DICTIONARY, RLE_DICTIONARY -> {
        if (count > 0) {
          for (int index : runs(data, data.get(), count)) {
            values.add(words.get(index));
          }
        }
      }
      default ->
          throw new IllegalArgumentException(
              "its column \"" + column.name() + "\" has the encoding number " + encoding);
    }
    int next = 0;
    for (boolean each : present) {
      into.add(each ? Optional.of(values.get(next++)) : Optional.empty());
    }
  }

  private static List<String> plain(Column column, ByteBuffer data, int count) {
    List<String> values = new ArrayList<>();
    for (int k = 0; k < count; k++) {
      values.add(
          switch (column.type()) {
            case 1 -> decimal(data.getInt(), column.scale());
            case LONG -> decimal(data.getLong(), column.scale());
            case 4 -> number(data.getFloat(), Float.toString(data.getFloat(data.position() - 4)));
            case 5 ->
                number(data.getDouble(), Double.toString(data.getDouble(data.position() - 8)));
            case 6 -> new String(bytes(part(data, data.getInt())), StandardCharsets.UTF_8);
            default ->
                throw new IllegalArgumentException(
                    "its column \"" + column.name() + "\" holds neither texts nor numbers");
          });
    }
    return values;
  }

  private static String decimal(long value, int scale) {
    BigDecimal decimal = BigDecimal.valueOf(value, scale);
    return decimal.signum() == 0 ? "0" : decimal.stripTrailingZeros().toPlainString();
  }

  /** A whole number without a fraction: pandas keeps whole numbers with gaps as fractions. */
  private static String number(double value, String text) {
    return value == Math.rint(value) && Math.abs(value) < 1L << 53
        ? String.valueOf((long) value)
        : text;
  }

  private static byte[] bytes(ByteBuffer data) {
    byte[] bytes = new byte[data.remaining()];
    data.get(bytes);
    return bytes;
  }

  /** Runs of one number, and groups of eight packed in bits: the RLE hybrid of Encodings.md. */
  private static int[] runs(ByteBuffer data, int bits, int count) {
    if (bits < 0 || bits > Integer.SIZE - 1) {
      throw new IllegalArgumentException("a page of it is damaged");
    }
    int[] values = new int[count];
    int done = 0;
    while (done < count) {
      long head = ThriftStruct.varint(data);
      if ((head & 1) == 0) {
        int value = 0;
        for (int k = 0; k < (bits + 7) / 8; k++) {
          value |= (data.get() & 0xFF) << 8 * k;
        }
        int end = (int) Math.min(count, done + (head >>> 1));
        if (end == done) {
          throw new IllegalArgumentException("a page of it is damaged");
        }
        java.util.Arrays.fill(values, done, end, value);
        done = end;
      } else {
        done = packed(data, bits, head >>> 1, values, done);
      }
    }
    return values;
  }

  private static int packed(ByteBuffer data, int bits, long groups, int[] values, int from) {
    int done = from;
    for (long group = 0; group < groups && done < values.length; group++) {
      long held = 0;
      int length = 0;
      for (int k = 0; k < 8; k++) {
        while (length < bits) {
          held |= (data.get() & 0xFFL) << length;
          length += 8;
        }
        int value = (int) (held & (1L << bits) - 1);
        held >>>= bits;
        length -= bits;
        if (done < values.length) {
          values[done++] = value;
        }
      }
    }
    return done;
  }

  private static ByteBuffer decompress(int codec, ByteBuffer stored, int bytes) throws IOException {
    if (bytes > MOST_BYTES) {
      throw new IllegalArgumentException("a page of it has " + bytes + " bytes");
    }
    if (codec == 1 && bytes > (long) MOST_SNAPPY_RATIO * stored.remaining()) {
      throw new IllegalArgumentException(
          "a page of it can't have " + bytes + " bytes: it is compressed to " + stored.remaining());
    }
    byte[] plain =
        switch (codec) {
          case 0 -> bytes(stored);
          case 1 -> Snappy.decompress(bytes(stored), bytes);
          case 2 -> gunzip(bytes(stored), bytes);
          default ->
              throw new IllegalArgumentException(
                  "it is compressed by neither Snappy nor gzip; write it with"
                      + " compression=\"snappy\"");
        };
    return ByteBuffer.wrap(plain).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static byte[] gunzip(byte[] compressed, int bytes) throws IOException {
    try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(compressed))) {
      return in.readNBytes(bytes);
    }
  }
}
