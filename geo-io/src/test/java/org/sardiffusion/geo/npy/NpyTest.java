package org.sardiffusion.geo.npy;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sardiffusion.geo.MalformedFileException;
import org.sardiffusion.geo.internal.npy.NpyHeader;

/** Against files that NumPy wrote: src/test/python/make_npy_golden.py. */
class NpyTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {"f2", "f4_4d", "f8", "f4_big_endian", "f8_big_endian", "version_2", "version_3"})
  void readsFloatsOfNumPy(String name) {
    NpyArray array = NpyReader.read(golden(name));
    assertArrayEquals(ramp(), array.values());
    int[] shape =
        switch (name) {
          case "f8" -> new int[] {6, 4};
          case "f4_big_endian", "f8_big_endian" -> new int[] {24};
          default -> new int[] {1, 2, 3, 4};
        };
    assertArrayEquals(shape, array.shape());
  }

  @ParameterizedTest
  @CsvSource({"u1, 232", "u2, 65512", "u2_big_endian, 65512"})
  void readsUnsignedIntegersOfNumPy(String name, int first) {
    float[] values = NpyReader.read(golden(name)).values();
    assertEquals(24, values.length);
    for (int i = 0; i < 24; i++) {
      assertEquals(first + i, values[i]);
    }
  }

  @Test
  void readsScalarsAndEmptyArrays() {
    assertEquals(new NpyArray(new int[0], new float[] {0.625f}), NpyReader.read(golden("scalar")));
    assertEquals(new NpyArray(new int[] {0, 3}, new float[0]), NpyReader.read(golden("empty")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"f4_4d", "scalar", "empty", "long_shape"})
  void writesTheBytesOfNumPy(String name) throws IOException {
    Path written = folder.resolve("written.npy");
    NpyArray array = NpyReader.read(golden(name));
    NpyWriter.write(written, array);
    assertArrayEquals(Files.readAllBytes(golden(name)), Files.readAllBytes(written));
    assertEquals(Files.size(written), NpyWriter.size(array));
  }

  @Test
  void writesMoreThanOneChunk() {
    float[] values = new float[200_001];
    for (int i = 0; i < values.length; i++) {
      values[i] = i;
    }
    NpyArray array = new NpyArray(new int[] {values.length}, values);
    NpyWriter.write(folder.resolve("long.npy"), array);
    assertEquals(array, NpyReader.read(folder.resolve("long.npy")));
  }

  @ParameterizedTest
  @CsvSource({"fortran, ascontiguousarray", "strings, '''<U1'' is not read'"})
  void refusesWhatItDoesNotReadAndSaysWhatToDo(String name, String words) {
    assertProblem(golden(name), words);
  }

  @Test
  void refusesMissingFiles() {
    assertProblem(folder.resolve("none.npy"), "no such file");
  }

  @Test
  void refusesEveryTruncation() throws IOException {
    byte[] whole = Files.readAllBytes(golden("f4_4d"));
    Path cut = folder.resolve("cut.npy");
    for (int length = 0; length < whole.length; length++) {
      Files.write(cut, Arrays.copyOf(whole, length));
      assertThrows(MalformedFileException.class, () -> NpyReader.read(cut), "length " + length);
    }
    Files.write(cut, Arrays.copyOf(whole, whole.length + 1));
    assertProblem(cut, "cut short, or is not");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2147483647, 2147483647), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999,), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }",
        "{'descr': '<f4', 'fortran_order': False, }",
        "{'descr': __import__('os'), 'fortran_order': False, 'shape': (), }",
        "[]",
        ""
      })
  void refusesHostileHeaders(String header) throws IOException {
    Path file = folder.resolve("hostile.npy");
    byte[] text = header.getBytes(StandardCharsets.US_ASCII);
    byte[] bytes = Arrays.copyOf(NpyHeader.MAGIC, 10 + text.length);
    bytes[6] = 1;
    bytes[8] = (byte) text.length;
    System.arraycopy(text, 0, bytes, 10, text.length);
    Files.write(file, bytes);
    assertThrows(MalformedFileException.class, () -> NpyReader.read(file));
  }

  @Test
  void anArrayNeedsAsManyValuesAsItsShapeSays() {
    assertThrows(
        IllegalArgumentException.class, () -> new NpyArray(new int[] {2, 3}, new float[5]));
  }

  private static void assertProblem(Path file, String words) {
    String message =
        assertThrows(MalformedFileException.class, () -> NpyReader.read(file)).getMessage();
    assertTrue(message.contains(words), message);
    assertTrue(message.contains(file.toString()), message);
  }

  private static float[] ramp() {
    float[] ramp = new float[24];
    for (int i = 0; i < 24; i++) {
      ramp[i] = i / 8f - 1;
    }
    return ramp;
  }

  private static Path golden(String name) {
    try {
      return Path.of(NpyTest.class.getResource("/npy/" + name + ".npy").toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
