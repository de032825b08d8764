package org.sardiffusion.geo.table.parquet;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Reads the pages of a column's part in a group of rows. */
final class ColumnReader {
  private static final int DATA_PAGE = 0;
  private static final int DICTIONARY_PAGE = 2;
  private static final int DATA_PAGE_V2 = 3;

  private final ParquetColumn column;
  private final Codec codec;
  private final int rows;
  private final List<Optional<String>> into;
  private List<String> dictionary = List.of();

  /**
   * @param rows how many values {@code into} holds at the end
   */
  ColumnReader(ParquetColumn column, Codec codec, int rows, List<Optional<String>> into) {
    this.column = column;
    this.codec = codec;
    this.rows = rows;
    this.into = into;
  }

  /**
   * Reads pages until all rows are there.
   *
   * @param pages the file from the first page on
   */
  void read(ByteBuffer pages) {
    while (into.size() < rows) {
      ThriftStruct header = ThriftStruct.read(pages);
      ByteBuffer body = ParquetBytes.take(pages, header.size(3));
      switch (header.size(1)) {
        case DATA_PAGE -> dataPage(header, body);
        case DICTIONARY_PAGE -> dictionaryPage(header, body);
        case DATA_PAGE_V2 -> dataPageV2(header, body);
        default -> {
          // Index pages hold no values.
        }
      }
    }
  }

  private void dictionaryPage(ThriftStruct header, ByteBuffer body) {
    int count = header.struct(7).size(1);
    if (count > ParquetFile.MOST_ROWS) {
      throw new UnreadableException(
          "has a dictionary of more than " + ParquetFile.MOST_ROWS + " values");
    }
    dictionary = column.texts(codec.decompress(body, header.size(2)), count);
  }

  private void dataPage(ThriftStruct header, ByteBuffer body) {
    ThriftStruct page = header.struct(5);
    ByteBuffer data = codec.decompress(body, header.size(2));
    boolean[] present = all(page.size(1));
    if (column.optional()) {
      if (Encoding.of(page.size(3)) != Encoding.RLE) {
        throw new UnreadableException(
            "marks its nulls with BIT_PACKED, which is not read: write the file anew");
      }
      mark(ParquetBytes.take(data, data.getInt()), present);
    }
    values(Encoding.of(page.size(2)), data, present);
  }

  private void dataPageV2(ThriftStruct header, ByteBuffer body) {
    ThriftStruct page = header.struct(8);
    boolean[] present = all(page.size(1));
    int definitions = page.size(5);
    int repetitions = page.size(6);
    ParquetBytes.take(body, repetitions);
    ByteBuffer levels = ParquetBytes.take(body, definitions);
    if (column.optional()) {
      mark(levels, present);
    }
    ByteBuffer data =
        page.flag(7) && body.hasRemaining()
            ? codec.decompress(body, header.size(2) - definitions - repetitions)
            : body;
    values(Encoding.of(page.size(4)), data, present);
  }

  private boolean[] all(int count) {
    if (count > rows - into.size()) {
      throw UnreadableException.damaged();
    }
    boolean[] present = new boolean[count];
    Arrays.fill(present, true);
    return present;
  }

  private static void mark(ByteBuffer levels, boolean[] present) {
    int[] read = RunLengths.read(levels, 1, present.length);
    for (int k = 0; k < read.length; k++) {
      present[k] = read[k] == 1;
    }
  }

  private void values(Encoding encoding, ByteBuffer data, boolean[] present) {
    int count = 0;
    for (boolean each : present) {
      count += each ? 1 : 0;
    }
    List<String> values = count == 0 ? List.of() : values(encoding, data, count);
    int next = 0;
    for (boolean each : present) {
      into.add(each ? Optional.of(values.get(next++)) : Optional.empty());
    }
  }

  private List<String> values(Encoding encoding, ByteBuffer data, int count) {
    data.order(ByteOrder.LITTLE_ENDIAN);
    if (!encoding.isDictionary()) {
      return column.texts(encoding.plain(data, count, column), count);
    }
    int bits = data.get();
    return Arrays.stream(RunLengths.read(data, bits, count)).mapToObj(dictionary::get).toList();
  }
}
