package org.sardiffusion.geo.table.parquet;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes a table as Apache Parquet: columns without nulls, plainly encoded, not compressed, which
 * every reader reads.
 *
 * <p>Source: apache/parquet-format, {@code README.md} and {@code parquet.thrift}; numbers of fields
 * below are theirs.
 *
 * @param columns in order
 */
public record ParquetTable(List<Column> columns) {
  private static final byte[] MAGIC = "PAR1".getBytes(StandardCharsets.US_ASCII);

  /** Bounds what a page takes in memory. */
  private static final int ROWS_OF_A_GROUP = 10_000;

  private static final int PLAIN = 0;
  private static final int RLE = 3;
  private static final int UTF8 = 0;

  /** A column. */
  public sealed interface Column {
    String name();

    /** The physical type's number in {@code parquet.thrift}. */
    int type();

    int rows();

    /** The values of some rows in plain encoding. */
    byte[] plain(int from, int to);
  }

  /** Texts. */
  public record Texts(String name, List<String> values) implements Column {
    @Override
    public int type() {
      return 6;
    }

    @Override
    public int rows() {
      return values.size();
    }

    @Override
    public byte[] plain(int from, int to) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      for (String value : values.subList(from, to)) {
        byte[] text = value.getBytes(StandardCharsets.UTF_8);
        bytes.writeBytes(littleEndian(Integer.BYTES).putInt(text.length).array());
        bytes.writeBytes(text);
      }
      return bytes.toByteArray();
    }
  }

  /** Whole numbers of 64 bits. */
  public record Wholes(String name, List<Long> values) implements Column {
    @Override
    public int type() {
      return 2;
    }

    @Override
    public int rows() {
      return values.size();
    }

    @Override
    public byte[] plain(int from, int to) {
      ByteBuffer bytes = littleEndian((to - from) * Long.BYTES);
      values.subList(from, to).forEach(bytes::putLong);
      return bytes.array();
    }
  }

  /** Numbers of double precision. */
  public record Numbers(String name, List<Double> values) implements Column {
    @Override
    public int type() {
      return 5;
    }

    @Override
    public int rows() {
      return values.size();
    }

    @Override
    public byte[] plain(int from, int to) {
      ByteBuffer bytes = littleEndian((to - from) * Double.BYTES);
      values.subList(from, to).forEach(bytes::putDouble);
      return bytes.array();
    }
  }

  private static ByteBuffer littleEndian(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Writes the table.
   *
   * @param software what the file names as its maker
   */
  public void write(OutputStream out, String software) throws IOException {
    int rows = columns.get(0).rows();
    out.write(MAGIC);
    long position = MAGIC.length;
    List<Group> groups = new ArrayList<>();
    for (int from = 0; from < rows; from += ROWS_OF_A_GROUP) {
      int to = Math.min(rows, from + ROWS_OF_A_GROUP);
      List<Chunk> chunks = new ArrayList<>();
      for (Column column : columns) {
        byte[] values = column.plain(from, to);
        byte[] header = pageHeader(values.length, to - from);
        out.write(header);
        out.write(values);
        chunks.add(new Chunk(column, position, header.length + values.length));
        position += header.length + values.length;
      }
      groups.add(new Group(chunks, to - from));
    }
    byte[] footer = footer(groups, rows, software);
    out.write(footer);
    out.write(littleEndian(Integer.BYTES).putInt(footer.length).array());
    out.write(MAGIC);
  }

  /** A column's page in a group of rows. */
  private record Chunk(Column column, long offset, long bytes) {}

  private record Group(List<Chunk> chunks, int rows) {
    long bytes() {
      return chunks.stream().mapToLong(Chunk::bytes).sum();
    }
  }

  private static byte[] pageHeader(int bytes, int rows) {
    return new CompactThrift()
        .i32(1, 0)
        .i32(2, bytes)
        .i32(3, bytes)
        .struct(5, new CompactThrift().i32(1, rows).i32(2, PLAIN).i32(3, RLE).i32(4, RLE))
        .end();
  }

  private byte[] footer(List<Group> groups, int rows, String software) {
    List<CompactThrift> schema = new ArrayList<>();
    schema.add(new CompactThrift().text(4, "schema").i32(5, columns.size()));
    for (Column column : columns) {
      CompactThrift element =
          new CompactThrift().i32(1, column.type()).i32(3, 0).text(4, column.name());
      schema.add(column instanceof Texts ? element.i32(6, UTF8) : element);
    }
    return new CompactThrift()
        .i32(1, 1)
        .structs(2, schema)
        .i64(3, rows)
        .structs(4, groups.stream().map(ParquetTable::group).toList())
        .text(6, software)
        .end();
  }

  private static CompactThrift group(Group group) {
    return new CompactThrift()
        .structs(1, group.chunks().stream().map(c -> chunk(c, group.rows())).toList())
        .i64(2, group.bytes())
        .i64(3, group.rows());
  }

  private static CompactThrift chunk(Chunk chunk, int rows) {
    CompactThrift meta =
        new CompactThrift()
            .i32(1, chunk.column().type())
            .i32s(2, List.of(PLAIN))
            .texts(3, List.of(chunk.column().name()))
            .i32(4, 0)
            .i64(5, rows)
            .i64(6, chunk.bytes())
            .i64(7, chunk.bytes())
            .i64(9, chunk.offset());
    return new CompactThrift().i64(2, chunk.offset()).struct(3, meta);
  }
}
