package org.sardiffusion.runtime.session;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OrtException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class HostTensorTest {

  @ParameterizedTest
  @EnumSource(
      value = OnnxJavaType.class,
      names = {"FLOAT", "DOUBLE", "FLOAT16"})
  void floatsGoInAndOut(OnnxJavaType type) {
    try (HostTensor tensor = new HostTensor("x", type, new long[] {2, 3})) {
      assertEquals(6, tensor.length());
      // All of them float16 numbers, the smallest normal and the largest among them.
      tensor.put(0, new float[] {0.5f, -1.25f, 65504f});
      tensor.put(3, new float[] {6.1035156e-5f, -0f, 3f});
      float[] last = new float[4];
      tensor.get(2, last);
      assertArrayEquals(new float[] {65504f, 6.1035156e-5f, -0f, 3f}, last);
    }
  }

  @Test
  void float16RoundsToNearestEven() {
    try (HostTensor tensor = new HostTensor("x", OnnxJavaType.FLOAT16, new long[] {4})) {
      // numpy.float16([1 + 2**-11, 1 + 3 * 2**-11, 65520, 2**-26])
      tensor.put(0, new float[] {1.00048828125f, 1.00146484375f, 65520f, 1.4901161e-8f});
      float[] values = new float[4];
      tensor.get(0, values);
      assertArrayEquals(new float[] {1f, 1.001953125f, Float.POSITIVE_INFINITY, 0f}, values);
    }
  }

  @Test
  void scalarsTakeTheGraphsType() throws OrtException {
    try (HostTensor whole = new HostTensor("timestep", OnnxJavaType.INT64, new long[0]);
        HostTensor half = new HostTensor("timestep", OnnxJavaType.FLOAT16, new long[0]);
        HostTensor single = new HostTensor("timestep", OnnxJavaType.FLOAT, new long[] {1})) {
      for (HostTensor tensor : new HostTensor[] {whole, half, single}) {
        assertEquals(1, tensor.length());
        tensor.fill(951.6);
      }
      assertEquals(951L, whole.tensor().getValue());
      assertEquals(951.5f, half.tensor().getFloatBuffer().get(0));
      assertEquals(951.6f, single.tensor().getFloatBuffer().get(0));
    }
  }

  @Test
  void wholeNumbersGoIntoWholeTypesOnly() throws OrtException {
    try (HostTensor small = new HostTensor("ids", OnnxJavaType.INT32, new long[] {1, 2});
        HostTensor large = new HostTensor("ids", OnnxJavaType.INT64, new long[] {1, 2});
        HostTensor real = new HostTensor("ids", OnnxJavaType.FLOAT, new long[] {1, 2})) {
      small.put(0, new long[] {49407, 3});
      large.put(0, new long[] {49407, -3});
      assertArrayEquals(new int[][] {{49407, 3}}, (int[][]) small.tensor().getValue());
      assertArrayEquals(new long[][] {{49407, -3}}, (long[][]) large.tensor().getValue());
      assertThrows(DeviceException.class, () -> real.put(0, new long[] {1}));
      assertThrows(DeviceException.class, () -> large.put(0, new float[] {1}));
      assertThrows(DeviceException.class, () -> large.get(0, new float[1]));
    }
  }

  @Test
  void shapesBeyondABufferAreRefused() {
    for (long[] shape :
        new long[][] {
          {1L << 29, 4}, {Integer.MAX_VALUE, 1}, {1L << 40, 1L << 40}, {1L << 32, 1L << 32, 0x10}
        }) {
      String message =
          assertThrows(
                  DeviceException.class, () -> new HostTensor("sample", OnnxJavaType.FLOAT, shape))
              .getMessage();
      assertTrue(message.contains("\"sample\"") && message.contains("2 GiB"), message);
    }
  }
}
