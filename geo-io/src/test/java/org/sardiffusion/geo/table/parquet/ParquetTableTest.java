package org.sardiffusion.geo.table.parquet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.sardiffusion.core.io.Sha256;

/**
 * The tables are the files that {@code parquet/written/check.py} has read with pyarrow and found
 * right: one of three rows with awkward values, and one of more columns than Thrift's short lists
 * hold.
 *
 * <p>After a change of the writer, run the test with {@code -Dsardiffusion.parquet=FOLDER}, which
 * writes them there, check them with the script, and commit them.
 */
class ParquetTableTest {
  private static final Path GOLDEN = Path.of("src/test/resources/parquet/written");
  private static final String LARGE_SHA256 =
      "ecdc6ae176c45fc49bd119876d22e3f22efa6537343e503c93b525bb8a4e5998";

  @Test
  void tablesAreThoseThatPyarrowRead() throws IOException {
    check(
        "awkward.parquet",
        new ParquetTable(
            List.of(
                new ParquetTable.Texts("text", List.of("", "for\u00eat \ud83d\ude80", "a\nb\"c")),
                new ParquetTable.Wholes("whole", List.of(0L, Long.MIN_VALUE, 4294967295L)),
                new ParquetTable.Numbers("number", List.of(-0.5, 1e-300, Double.MAX_VALUE)))));
    List<ParquetTable.Column> columns = new ArrayList<>();
    for (long k = 0; k < 20; k++) {
      columns.add(new ParquetTable.Wholes("column " + k, List.of(k, 10 * k)));
    }
    check("wide.parquet", new ParquetTable(columns));
  }

  @Test
  void groupsOfRowsFollowEachOther() throws IOException {
    List<Long> rows = new ArrayList<>();
    for (long k = 0; k < 10_001; k++) {
      rows.add(k * k);
    }
    byte[] table = bytes(new ParquetTable(List.of(new ParquetTable.Wholes("square", rows))));
    // 80 kB of mostly known values: its hash stands for what pyarrow read.
    if (!write("large.parquet", table)) {
      assertEquals(LARGE_SHA256, HexFormat.of().formatHex(Sha256.of(table)));
    }
    check("empty.parquet", new ParquetTable(List.of(new ParquetTable.Texts("text", List.of()))));
  }

  private static byte[] bytes(ParquetTable table) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    table.write(bytes, "test");
    return bytes.toByteArray();
  }

  private static void check(String name, ParquetTable table) throws IOException {
    byte[] bytes = bytes(table);
    if (!write(name, bytes)) {
      assertArrayEquals(Files.readAllBytes(GOLDEN.resolve(name)), bytes, name);
    }
  }

  private static boolean write(String name, byte[] bytes) throws IOException {
    String folder = System.getProperty("sardiffusion.parquet");
    if (folder != null) {
      Files.write(Path.of(folder, name), bytes);
    }
    return folder != null;
  }
}
