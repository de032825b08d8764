package org.sardiffusion.pipelines.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Lists that {@code src/test/python/parquet_lists.py} wrote with pyarrow. */
class ParquetLinesTest {
  private static final Path LISTS = Path.of("src/test/resources/parquet/lists");

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"snappy", "gzip-v2", "plain"})
  void readsWhatPyarrowWrites(String name) {
    PromptList list = PromptList.read(LISTS.resolve(name + ".parquet"));
    assertEquals(300, list.lines().size());
    assertEquals(List.of(), list.rejected());
    for (int i = 0; i < 300; i++) {
      PromptLine line = list.lines().get(i);
      assertEquals(i + 1, line.number());
      Map<String, List<String>> options = line.options();
      assertEquals(i % 3 == 0 ? "a field" : "a for\u00eat \u2116 " + i, line.prompt());
      List<String> labels = List.of("field", "forest", "cit\u00e9");
      assertEquals(i % 5 == 0 ? null : List.of(labels.get(i % 3)), options.get("label"));
      assertEquals(
          i % 7 == 0 ? null : List.of(String.valueOf((1L << 32) - 1 - i)), options.get("seed"));
      assertEquals(List.of(String.valueOf(1 + i % 40)), options.get("steps"));
      assertEquals(i / 8.0, Double.parseDouble(options.get("guidance").get(0)));
      assertEquals(i % 2 == 1 ? null : List.of("0.5"), options.get("eta"));
    }
    assertEquals(List.of("3"), list.lines().get(24).options().get("guidance"), "a whole number");
  }

  @ParameterizedTest
  @CsvSource({
    "zstd, neither Snappy nor gzip",
    "nested, lists or structures",
    "decimal-bytes, long decimals"
  })
  void saysWhatItCannotRead(String name, String message) {
    assertTrue(refusal(LISTS.resolve(name + ".parquet")).contains(message), message);
  }

  @Test
  void whatIsDamagedIsRefusedOrRead() throws IOException {
    byte[] sound = Files.readAllBytes(LISTS.resolve("snappy.parquet"));
    long seed = System.nanoTime();
    System.out.println("ParquetLinesTest: seed " + seed);
    Random random = new Random(seed);
    Path file = folder.resolve("list.parquet");
    for (int k = 0; k < 500; k++) {
      byte[] damaged = sound.clone();
      damaged[random.nextInt(damaged.length)] ^= (byte) (1 + random.nextInt(255));
      Files.write(file, damaged);
      try {
        PromptList.read(file);
      } catch (PromptListException e) {
        assertTrue(e.getMessage().contains("list.parquet"), e.getMessage());
      }
    }
    Files.write(file, java.util.Arrays.copyOf(sound, sound.length / 2));
    assertTrue(refusal(file).contains("PAR1"));
  }

  @Test
  void decimalsHaveTheirPoint() {
    List<PromptLine> lines = PromptList.read(LISTS.resolve("decimal.parquet")).lines();
    List<String> guidance = List.of("7.5", "3.25", "4");
    List<String> strength = List.of("0.125", "1");
    for (int i = 0; i < 3; i++) {
      Map<String, List<String>> options = lines.get(i).options();
      assertEquals(List.of(guidance.get(i)), options.get("guidance"));
      assertEquals(i == 2 ? null : List.of(strength.get(i)), options.get("strength"));
    }
  }

  /** Says 100 MB in a few bytes: nothing of that size is made ready. */
  @Test
  void whatCannotComeOfItsBytesIsRefused() throws IOException {
    byte[] table = Files.readAllBytes(LISTS.resolve("snappy.parquet"));
    // The first page's header: type, then its plain size, zigzag, in two bytes.
    assertEquals(0x15, table[4] & 0xFF);
    assertEquals(0x15, table[6] & 0xFF);
    int end = 7;
    while (table[end] < 0) {
      end++;
    }
    java.io.ByteArrayOutputStream forged = new java.io.ByteArrayOutputStream();
    forged.write(table, 0, 7);
    forged.write(new byte[] {(byte) 0x80, (byte) 0x84, (byte) 0xAF, 0x5F});
    forged.write(table, end + 1, table.length - end - 1);
    Files.write(folder.resolve("list.parquet"), forged.toByteArray());
    assertTrue(refusal(folder.resolve("list.parquet")).contains("bytes: it is compressed to"));
  }

  private static String refusal(Path file) {
    return assertThrows(PromptListException.class, () -> PromptList.read(file)).getMessage();
  }
}
