package org.sardiffusion.runtime.internal.noise;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.apache.commons.math3.random.MersenneTwister;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TorchGeneratorTest {
  /** How many different uniform numbers there are. */
  private static final int UNIFORMS = 1 << 24;

  static Stream<String> integerSeeds() {
    return names("integers");
  }

  static Stream<String> digestSeeds() {
    return names("uniformDigests");
  }

  static Stream<String> sizes() {
    return names("sizes");
  }

  static Stream<String> mixedSeeds() {
    return names("mixed");
  }

  static Stream<String> largeSeeds() {
    return names("largeDigests");
  }

  @ParameterizedTest
  @MethodSource("integerSeeds")
  void drawsTorchsIntegersForEverySeed(String seed) {
    TorchGenerator generator = new TorchGenerator(Long.parseLong(seed));
    for (JsonNode expected : NoiseGoldens.ROOT.get("integers").get(seed)) {
      long high = generator.nextInt();
      long low = Integer.toUnsignedLong(generator.nextInt());
      assertEquals(expected.asLong(), (high << 32 | low) & Long.MAX_VALUE);
    }
  }

  @ParameterizedTest
  @MethodSource("digestSeeds")
  void drawsTorchsUniformsBitForBitThroughAMillionDraws(String seed) {
    TorchGenerator generator = new TorchGenerator(Long.parseLong(seed));
    ByteBuffer bits = ByteBuffer.allocate(4_000_000);
    while (bits.hasRemaining()) {
      bits.putInt(generator.nextInt() & 0xffffff);
    }
    assertEquals(NoiseGoldens.ROOT.get("uniformDigests").get(seed).asText(), digest(bits));
  }

  @ParameterizedTest
  @MethodSource("sizes")
  void drawsTorchsNormalsOfEverySizeBitForBit(String size) {
    float[] actual = new float[Integer.parseInt(size)];
    new TorchGenerator(1234).fillStandardNormal(actual);
    assertArrayEquals(NoiseGoldens.floats(NoiseGoldens.ROOT.get("sizes").get(size)), actual);
  }

  @ParameterizedTest
  @MethodSource("mixedSeeds")
  void keepsTheSpareValueOfShortDrawsAcrossCalls(String seed) {
    TorchGenerator generator = new TorchGenerator(Long.parseLong(seed));
    JsonNode draws = NoiseGoldens.ROOT.get("mixed").get(seed);
    for (int i = 0; i < draws.size(); i++) {
      float[] actual = new float[NoiseGoldens.ROOT.get("mixedSizes").get(i).asInt()];
      generator.fillStandardNormal(actual);
      assertArrayEquals(NoiseGoldens.floats(draws.get(i)), actual);
    }
  }

  @ParameterizedTest
  @MethodSource("largeSeeds")
  void drawsALargeTensorAndItsTailBitForBit(String seed) {
    float[] values = new float[NoiseGoldens.ROOT.get("largeSize").asInt()];
    new TorchGenerator(Long.parseLong(seed)).fillStandardNormal(values);
    assertEquals(NoiseGoldens.ROOT.get("largeDigests").get(seed).asText(), digest(values));
  }

  @Test
  void turnsEveryUniformIntoTorchsRadius() {
    float[] values = new float[2 * UNIFORMS];
    for (int k = 0; k < UNIFORMS; k++) {
      values[radiusIndex(k)] = k * 0x1p-24f;
    }
    assertEquals(everyUniform("radii"), digest(normalsOf(values)));
  }

  @Test
  void turnsEveryUniformIntoTorchsSineAndCosine() {
    float[] values = new float[2 * UNIFORMS];
    float radius = NoiseGoldens.ROOT.at("/everyUniform/angleRadius").asInt() * 0x1p-24f;
    for (int k = 0; k < UNIFORMS; k++) {
      values[radiusIndex(k)] = radius;
      values[radiusIndex(k) + 8] = k * 0x1p-24f;
    }
    assertEquals(everyUniform("angles"), digest(normalsOf(values)));
  }

  @Property(tries = 50)
  void fillsOnlyThePartItIsGiven(
      @ForAll long seed,
      @ForAll @IntRange(max = 70) int offset,
      @ForAll @IntRange(max = 70) int n) {
    float[] expected = new float[n];
    new TorchGenerator(seed).fillStandardNormal(expected);
    float[] actual = new float[150];
    new TorchGenerator(seed).fillStandardNormal(actual, offset, n);
    float[] embedded = new float[150];
    System.arraycopy(expected, 0, embedded, offset, n);
    assertArrayEquals(embedded, actual);
  }

  @Property(tries = 20)
  void agreesWithCommonsMathWhereThatFollowsTheReference(
      @ForAll @IntRange(min = 0, max = Integer.MAX_VALUE) int seed) {
    MersenneTwister19937 ours = new MersenneTwister19937(seed);
    MersenneTwister theirs = new MersenneTwister(seed);
    for (int i = 0; i < 2000; i++) {
      assertEquals(theirs.nextInt(), ours.nextInt());
    }
  }

  @Property(tries = 50)
  void onlyTheLowHalfOfASeedCounts(@ForAll long seed, @ForAll int high) {
    float[] one = new float[20];
    float[] other = new float[20];
    new TorchGenerator(seed).fillStandardNormal(one);
    new TorchGenerator((long) high << 32 | Integer.toUnsignedLong((int) seed))
        .fillStandardNormal(other);
    assertArrayEquals(one, other);
  }

  @Test
  void valuesAreStandardNormal() {
    int n = 4_000_000;
    float[] values = new float[n];
    new TorchGenerator(5).fillStandardNormal(values);
    double sum = 0;
    double squares = 0;
    double fourths = 0;
    for (float x : values) {
      double x2 = (double) x * x;
      sum += x;
      squares += x2;
      fourths += x2 * x2;
    }
    // Five standard errors of the mean, the variance and the fourth moment.
    assertEquals(0, sum / n, 5 / Math.sqrt(n));
    assertEquals(1, squares / n, 5 * Math.sqrt(2.0 / n));
    assertEquals(3, fourths / n, 5 * Math.sqrt(96.0 / n));
  }

  @Test
  void refusesAPartOutsideOfTheTarget() {
    TorchGenerator generator = new TorchGenerator(0);
    assertThrows(
        IndexOutOfBoundsException.class, () -> generator.fillStandardNormal(new float[10], 5, 6));
  }

  @Test
  void tenMillionValuesTakeSeconds() {
    float[] values = new float[10_000_000];
    // About 0.3 s; the bound only catches a method of another order.
    assertTimeout(Duration.ofSeconds(10), () -> new TorchGenerator(0).fillStandardNormal(values));
    assertTrue(values[values.length - 1] != 0);
  }

  private static Stream<String> names(String field) {
    return NoiseGoldens.ROOT.get(field).properties().stream().map(e -> e.getKey());
  }

  private static String everyUniform(String field) {
    return NoiseGoldens.ROOT.get("everyUniform").get(field).asText();
  }

  /** Place of the k-th radius where blocks are 8 radii, then 8 angles. */
  private static int radiusIndex(int k) {
    return k / 8 * 16 + k % 8;
  }

  private static float[] normalsOf(float[] uniforms) {
    for (int i = 0; i < uniforms.length; i += 16) {
      TorchGenerator.boxMuller(uniforms, i);
    }
    return uniforms;
  }

  private static String digest(float[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES);
    bytes.asFloatBuffer().put(values);
    return digest(bytes);
  }

  private static String digest(ByteBuffer bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes.array()));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
