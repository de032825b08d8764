package org.sardiffusion.geo.table.parquet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.airlift.compress.lz4.Lz4Compressor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.sardiffusion.geo.TableException;

/**
 * The contract with pyarrow, polars and DuckDB: {@code src/test/python/parquet_goldens.py} wrote
 * one table with each of them in many ways, and the values from which it did so.
 */
class ParquetFileTest {
  private static final Path TABLES = Path.of("src/test/resources/parquet/tables");

  static List<Path> tables() throws IOException {
    try (Stream<Path> files = Files.list(TABLES)) {
      List<Path> tables = files.filter(file -> file.toString().endsWith(".parquet")).toList();
      assertTrue(tables.size() >= 18, tables.toString());
      return tables;
    }
  }

  @ParameterizedTest
  @MethodSource("tables")
  void everyWriterIsRead(Path file) throws IOException {
    JsonNode expected = new ObjectMapper().readTree(TABLES.resolve("expected.json").toFile());
    ParquetFile table = read(file);
    assertEquals(expected.properties().stream().map(Map.Entry::getKey).toList(), table.names());
    for (String name : table.names()) {
      List<Optional<String>> values = table.column(name);
      JsonNode right = expected.get(name);
      assertEquals(right.size(), values.size(), name);
      for (int row = 0; row < right.size(); row++) {
        assertTrue(
            same(right.get(row), values.get(row)),
            name + " of row " + row + ": " + right.get(row) + ", not " + values.get(row));
      }
    }
  }

  private static boolean same(JsonNode right, Optional<String> value) {
    if (right.isNull() || value.isEmpty()) {
      return right.isNull() && value.isEmpty();
    }
    return right.isNumber()
        ? new BigDecimal(right.asText()).compareTo(new BigDecimal(value.get())) == 0
        : right.asText().equals(value.get());
  }

  @Test
  void wholeNumbersHaveNoFraction() throws IOException {
    List<Optional<String>> values =
        read(TABLES.resolve("pyarrow-default.parquet")).column("float64");
    assertEquals(List.of("0", "0.1"), values.subList(0, 2).stream().map(Optional::get).toList());
    assertEquals(Optional.of("14"), values.get(140));
  }

  @ParameterizedTest
  @CsvSource({
    "lists, lists or structures",
    "structures, lists or structures",
    "dates, dates or times",
    "times, dates or times",
    "int96, times",
    "halves, neither text nor numbers",
    "bytes, not UTF-8 text",
    "fixed, bytes of one length",
  })
  void whatIsNotReadIsRefusedByItsColumn(String name, String message) throws IOException {
    ParquetFile table = read(TABLES.resolve("refused/" + name + ".parquet"));
    String said = assertThrows(TableException.class, () -> table.column(name)).getMessage();
    assertTrue(said.contains("the column \"" + name + "\" holds "), said);
    assertTrue(said.contains(message), said);
    for (String other : table.names()) {
      if (!other.equals(name)) {
        assertEquals(
            List.of(Optional.of(other.equals("before") ? "a" : "z")), table.column(other), other);
      }
    }
  }

  @Test
  void otherCodecsAreRefusedByName() throws IOException {
    ParquetFile table = read(TABLES.resolve("refused/brotli.parquet"));
    String said = assertThrows(TableException.class, () -> table.column("brotli")).getMessage();
    assertTrue(said.contains("with BROTLI, which is not read: write the file with"), said);
  }

  /** Hadoop's form of LZ4, which none of the three writes any more, and bare blocks. */
  @Test
  void oldLz4IsReadInBothForms() {
    byte[] plain = "A <SAR> image of a forest. ".repeat(9).getBytes(StandardCharsets.UTF_8);
    byte[] first = lz4(Arrays.copyOf(plain, 100));
    byte[] second = lz4(Arrays.copyOfRange(plain, 100, plain.length));
    ByteBuffer blocks = ByteBuffer.allocate(first.length + second.length + 16);
    blocks.putInt(100).putInt(first.length).put(first);
    blocks.putInt(plain.length - 100).putInt(second.length).put(second);
    assertArrayEquals(plain, Codec.LZ4.decompress(blocks.flip(), plain.length).array());
    ByteBuffer bare = ByteBuffer.wrap(lz4(plain));
    assertArrayEquals(plain, Codec.LZ4.decompress(bare, plain.length).array());
  }

  private static byte[] lz4(byte[] plain) {
    Lz4Compressor compressor = new Lz4Compressor();
    byte[] packed = new byte[compressor.maxCompressedLength(plain.length)];
    int bytes = compressor.compress(plain, 0, plain.length, packed, 0, packed.length);
    return Arrays.copyOf(packed, bytes);
  }

  /** The GeoTools build holds an older copy of the same classes. */
  @Test
  void theDeclaredCodecsComeFirst() {
    String jar = Lz4Compressor.class.getProtectionDomain().getCodeSource().getLocation().toString();
    assertTrue(jar.contains("aircompressor-2"), jar);
  }

  @ParameterizedTest
  @MethodSource("tables")
  void whatIsDamagedIsRefusedOrRead(Path sound) throws IOException {
    byte[] bytes = Files.readAllBytes(sound);
    long seed = System.nanoTime();
    System.out.println("ParquetFileTest: seed " + seed);
    Random random = new Random(seed);
    for (int k = 0; k < 200; k++) {
      byte[] damaged = bytes.clone();
      damaged[random.nextInt(damaged.length)] ^= (byte) (1 + random.nextInt(255));
      try {
        ParquetFile table = new ParquetFile(sound, damaged);
        table.names().forEach(table::column);
      } catch (TableException e) {
        assertTrue(e.getMessage().startsWith(sound.toString()), e.getMessage());
      }
    }
    byte[] half = Arrays.copyOf(bytes, bytes.length / 2);
    TableException e =
        assertThrows(TableException.class, () -> new ParquetFile(Path.of("list.parquet"), half));
    assertTrue(e.getMessage().contains("PAR1"), e.getMessage());
  }

  /** Says 100 MB in a few bytes: nothing of that size is made ready. */
  @Test
  void whatCannotComeOfItsBytesIsRefused() throws IOException {
    byte[] table = Files.readAllBytes(TABLES.resolve("pyarrow-default.parquet"));
    // The first page's header: type, then its plain size, zigzag, in two bytes.
    assertEquals(0x15, table[4] & 0xFF);
    assertEquals(0x15, table[6] & 0xFF);
    int end = 7;
    while (table[end] < 0) {
      end++;
    }
    ByteArrayOutputStream forged = new ByteArrayOutputStream();
    forged.write(table, 0, 7);
    forged.write(new byte[] {(byte) 0x80, (byte) 0x84, (byte) 0xAF, 0x5F});
    forged.write(table, end + 1, table.length - end - 1);
    ParquetFile file = new ParquetFile(Path.of("list.parquet"), forged.toByteArray());
    String said = assertThrows(TableException.class, () -> file.column("text")).getMessage();
    assertTrue(said.contains("claims 100000000 bytes"), said);
  }

  /** A few bytes whose texts share their beginnings, each a byte longer than the one before. */
  @Test
  void textsThatGrowWithoutEndAreRefused() {
    ParquetColumn column =
        new ParquetColumn(PhysicalType.BYTE_ARRAY, 0, false, value -> value.toString());
    int count = 100_000;
    ByteArrayOutputStream page = new ByteArrayOutputStream();
    page.writeBytes(arithmetic(count, 0, 1));
    page.writeBytes(arithmetic(count, 1, 0));
    page.writeBytes(new byte[count]);
    UnreadableException e =
        assertThrows(
            UnreadableException.class,
            () ->
                Encoding.DELTA_BYTE_ARRAY.plain(
                    ByteBuffer.wrap(page.toByteArray()), count, column));
    assertTrue(e.getMessage().contains("too large"), e.getMessage());
  }

  /** DELTA_BINARY_PACKED numbers that all differ equally, in one block. */
  private static byte[] arithmetic(int count, int first, int difference) {
    int block = (count + 127) / 128 * 128;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int number : new int[] {block, 1, count, 2 * first, 2 * difference}) {
      int rest = number;
      for (; rest > 0x7F; rest >>>= 7) {
        bytes.write(rest & 0x7F | 0x80);
      }
      bytes.write(rest);
    }
    bytes.write(0);
    return bytes.toByteArray();
  }

  private static ParquetFile read(Path file) throws IOException {
    return new ParquetFile(file, Files.readAllBytes(file));
  }
}
