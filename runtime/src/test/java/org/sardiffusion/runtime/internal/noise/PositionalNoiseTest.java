package org.sardiffusion.runtime.internal.noise;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class PositionalNoiseTest {
  private static final int SIDE = 512;

  /** The known answers of Random123, tests/kat_vectors, "philox4x32 10". */
  @Test
  void philoxGivesTheAuthorsKnownAnswers() {
    assertArrayEquals(
        new int[] {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8},
        philox(new int[] {0, 0, 0, 0}, 0, 0));
    assertArrayEquals(
        new int[] {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd},
        philox(new int[] {-1, -1, -1, -1}, -1, -1));
    assertArrayEquals(
        new int[] {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1},
        philox(new int[] {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, 0xa4093822, 0x299f31d0));
  }

  private static int[] philox(int[] counter, int key0, int key1) {
    Philox4x32.apply(counter, key0, key1);
    return counter;
  }

  /** What runtime/src/test/python/positional_noise_goldens.py wrote. */
  @Test
  void equalsAnotherImplementation() throws IOException {
    JsonNode rows;
    try (InputStream in = PositionalNoiseTest.class.getResourceAsStream("positional.json")) {
      rows = new ObjectMapper().readTree(in);
    }
    for (JsonNode row : rows) {
      float[] values = new float[row.get("values").size()];
      new PositionalNoise(row.get("seed").asLong())
          .fill(
              row.get("draw").asInt(),
              row.get("channel").asInt(),
              row.get("row").asInt(),
              row.get("column").asInt(),
              values,
              0,
              values.length);
      for (int i = 0; i < values.length; i++) {
        float expected = (float) row.get("values").get(i).asDouble();
        assertEquals(expected, values[i], Math.ulp(expected), row.toString());
      }
    }
  }

  @Property(tries = 200)
  void anyPartIsThatOfTheWhole(
      @ForAll long seed,
      @ForAll @IntRange(max = 1000) int draw,
      @ForAll @IntRange(max = 60) int from,
      @ForAll @IntRange(max = 4) int count) {
    PositionalNoise noise = new PositionalNoise(seed);
    float[] whole = new float[64];
    noise.fill(draw, 2, 9, 0, whole, 0, 64);
    float[] part = new float[count + 3];
    noise.fill(draw, 2, 9, from, part, 3, count);
    assertArrayEquals(
        Arrays.copyOfRange(whole, from, from + count), Arrays.copyOfRange(part, 3, 3 + count));
  }

  /** 262144 values: moments lie within five of their standard errors. */
  @Test
  void isStandardNormalAndUncorrelated() {
    double[] field = field(42, 0, 0);
    double error = 5 / Math.sqrt(field.length);
    assertEquals(0, Arrays.stream(field).average().orElseThrow(), error);
    assertEquals(1, mean(field, field, 0, 0), error * Math.sqrt(2));
    double fourth = Arrays.stream(field).map(v -> v * v * v * v).average().orElseThrow();
    assertEquals(3, fourth, error * Math.sqrt(96));
    for (int[] shift : new int[][] {{0, 1}, {0, 2}, {0, 3}, {0, 4}, {1, 0}, {1, 1}, {4, 4}}) {
      assertEquals(0, mean(field, field, shift[0], shift[1]), error, Arrays.toString(shift));
    }
    assertEquals(0, mean(field, field(43, 0, 0), 0, 0), error, "seeds");
    assertEquals(0, mean(field, field(42, 1, 0), 0, 0), error, "draws");
    assertEquals(0, mean(field, field(42, 0, 1), 0, 0), error, "channels");
    assertEquals(0, mean(field, field(42 + (1L << 32), 0, 0), 0, 0), error, "upper bits");
    assertTrue(Arrays.stream(field).map(Math::abs).max().orElseThrow() > 4);
  }

  private static double[] field(long seed, int draw, int channel) {
    PositionalNoise noise = new PositionalNoise(seed);
    float[] row = new float[SIDE];
    double[] field = new double[SIDE * SIDE];
    for (int y = 0; y < SIDE; y++) {
      noise.fill(draw, channel, y, 0, row, 0, SIDE);
      for (int x = 0; x < SIDE; x++) {
        field[y * SIDE + x] = row[x];
      }
    }
    return field;
  }

  /** The mean product with another field, shifted (around the edges). */
  private static double mean(double[] one, double[] other, int rows, int columns) {
    double sum = 0;
    for (int y = 0; y < SIDE; y++) {
      for (int x = 0; x < SIDE; x++) {
        sum += one[y * SIDE + x] * other[(y + rows) % SIDE * SIDE + (x + columns) % SIDE];
      }
    }
    return sum / one.length;
  }
}
