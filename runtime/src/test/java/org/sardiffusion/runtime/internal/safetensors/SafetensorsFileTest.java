package org.sardiffusion.runtime.internal.safetensors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sardiffusion.runtime.weights.WeightsException;

class SafetensorsFileTest {
  private static final Path ADAPTERS = Path.of("src/test/resources/adapters");

  @TempDir Path folder;

  private static byte[] file(String header, byte[] data) {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(8 + json.length + data.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(json.length)
        .put(json)
        .put(data)
        .array();
  }

  private Path write(byte[] bytes) throws IOException {
    return Files.write(folder.resolve("adapter.safetensors"), bytes);
  }

  @Test
  void readsEveryPrecision() throws IOException {
    ByteBuffer data = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    data.putFloat(1.5f).putFloat(-2f).putShort((short) 0x3e00).putShort((short) 0xc000);
    data.putShort((short) 0x3fc0).putShort((short) 0xc000);
    SafetensorsFile file =
        SafetensorsFile.read(
            write(
                file(
                    """
                    {"__metadata__": {"format": "pt"},
                     "single": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]},
                     "half": {"dtype": "F16", "shape": [1, 2], "data_offsets": [8, 12]},
                     "brain": {"dtype": "BF16", "shape": [2, 1], "data_offsets": [12, 16]},
                     "none": {"dtype": "F32", "shape": [0, 4], "data_offsets": [16, 16]}}
                    """,
                    data.array())));
    assertEquals("pt", file.metadata().get("format"));
    assertEquals(List.of(1L, 2L), file.tensors().get("half").shape());
    for (String name : List.of("single", "half", "brain")) {
      assertArrayEquals(new float[] {1.5f, -2}, file.tensors().get(name).toFloats(), name);
    }
    assertEquals(0, file.tensors().get("none").toFloats().length);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{",
        "{} x",
        "{\"a\": 3}",
        "{\"a\": {\"dtype\": \"F32\", \"shape\": [2], \"data_offsets\": [0, 12]}}",
        "{\"a\": {\"dtype\": \"F32\", \"shape\": [5], \"data_offsets\": [0, 20]}}",
        "{\"a\": {\"dtype\": \"F99\", \"shape\": [2], \"data_offsets\": [0, 8]}}",
        "{\"a\": {\"dtype\": \"F32\", \"shape\": [-2], \"data_offsets\": [0, 8]}}",
        "{\"a\": {\"dtype\": \"F32\", \"shape\": [2.0], \"data_offsets\": [0, 8]}}",
        "{\"a\": {\"dtype\": \"F32\", \"shape\": [2], \"data_offsets\": [8, 0]}}",
        "{\"a\": {\"dtype\": \"F32\", \"shape\": [2], \"data_offsets\": [-8, 0]}}",
        "{\"a\": {\"dtype\": \"F32\", \"shape\": [2], \"data_offsets\": [99999999999999999999, 0]}}",
        "{\"a\": {\"dtype\": \"F32\", \"shape\": [4611686018427387904, 4], \"data_offsets\": [0, 0]}}",
        "{\"a\": {\"dtype\": \"F32\", \"shape\": [2], \"data_offsets\": [0, 8]},"
            + " \"b\": {\"dtype\": \"F32\", \"shape\": [2], \"data_offsets\": [4, 12]}}",
        "{\"a\": {\"dtype\": \"F32\", \"shape\": [2], \"data_offsets\": [0, 8]},"
            + " \"a\": {\"dtype\": \"F32\", \"shape\": [2], \"data_offsets\": [8, 16]}}",
      })
  void refusesImpossibleHeaders(String header) throws IOException {
    Path path = write(file(header, new byte[16]));
    WeightsException refusal =
        assertThrows(WeightsException.class, () -> SafetensorsFile.read(path));
    assertEquals(path, refusal.file());
    assertTrue(refusal.getMessage().contains("again"), refusal.getMessage());
  }

  @Test
  void refusesHugeHeaders() throws IOException {
    for (long length : new long[] {-1, Long.MIN_VALUE, 100_000_001, 17}) {
      Path path =
          write(ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN).putLong(length).array());
      assertThrows(WeightsException.class, () -> SafetensorsFile.read(path));
    }
  }

  @Test
  void namesPickles() throws IOException {
    byte[] pickle = new byte[64];
    pickle[0] = (byte) 0x80;
    pickle[1] = 2;
    pickle[2] = '}';
    pickle[7] = 'q';
    Path old = write(pickle);
    assertTrue(
        assertThrows(WeightsException.class, () -> SafetensorsFile.read(old))
            .getMessage()
            .contains("pickle"));
    Path zip = write("PK\003\004archive/data.pkl and more".getBytes(StandardCharsets.US_ASCII));
    assertTrue(
        assertThrows(WeightsException.class, () -> SafetensorsFile.read(zip))
            .getMessage()
            .contains("pickle"));
  }

  /** Whatever happens to a file, it is read soundly or refused with its name. */
  @Property(tries = 500)
  void survivesDamage(@ForAll long seed, @ForAll @IntRange(min = 0, max = 3) int kind)
      throws IOException {
    byte[] sound = Files.readAllBytes(ADAPTERS.resolve("sar-crop.safetensors"));
    Random random = new Random(seed);
    byte[] damaged = sound.clone();
    switch (kind) {
      case 0 -> damaged = Arrays.copyOf(sound, random.nextInt(sound.length));
      case 1 -> random.nextBytes(damaged);
      default -> {
        for (int i = 0; i <= random.nextInt(6); i++) {
          damaged[random.nextInt(Math.min(200, damaged.length))] = (byte) random.nextInt(256);
        }
      }
    }
    Path path = Files.createTempFile("damaged", ".safetensors");
    try {
      Files.write(path, damaged);
      SafetensorsFile file = SafetensorsFile.read(path);
      for (SafeTensor tensor : file.tensors().values()) {
        assertTrue(tensor.offset() + tensor.byteLength() <= damaged.length);
        if (tensor.type().isReadable()) {
          assertEquals(tensor.count(), tensor.toFloats().length);
        }
      }
    } catch (WeightsException refusal) {
      assertEquals(path, refusal.file());
    } finally {
      Files.deleteIfExists(path);
    }
  }
}
