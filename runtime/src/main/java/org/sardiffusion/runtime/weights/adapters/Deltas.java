package org.sardiffusion.runtime.weights.adapters;

import java.util.List;
import java.util.OptionalLong;

/**
 * The differences of weights that factors stand for, as [out, in * height * width] in C order.
 *
 * <p>The formulas are those of LyCORIS ({@code lycoris/functional}: {@code locon.py}, {@code
 * loha.py}, {@code lokr.py} and {@code rebuild_tucker} of {@code general.py}), which peft's {@code
 * tuners/loha} and {@code tuners/lokr} follow.
 */
final class Deltas {
  private Deltas() {}

  /** up down, or up middle down where the layer has a core in between (Tucker). */
  static float[] lora(LayerTensors layer) {
    int rank = first(layer, Role.DOWN);
    float[] up = layer.values(Role.UP);
    int outer = layer.has(Role.MIDDLE) ? first(layer, Role.MIDDLE) : rank;
    float[] right =
        layer.has(Role.MIDDLE)
            ? contracted(layer.values(Role.MIDDLE), outer, rank, layer.values(Role.DOWN))
            : layer.values(Role.DOWN);
    return product(up, outer, right);
  }

  /** (w1a w1b) * (w2a w2b), value by value. */
  static float[] hadamard(LayerTensors layer) {
    float[] left = half(layer, List.of(Role.HADA_1_A, Role.HADA_1_B, Role.HADA_1_CORE));
    float[] right = half(layer, List.of(Role.HADA_2_A, Role.HADA_2_B, Role.HADA_2_CORE));
    requireEqual(layer, left.length, right.length);
    for (int i = 0; i < left.length; i++) {
      left[i] *= right[i];
    }
    return left;
  }

  /** The Kronecker product of w1 [a, b] and w2 [c, d, ...]. */
  static float[] kronecker(LayerTensors layer) {
    boolean whole = layer.has(Role.KRON_1);
    int rows1 = whole ? first(layer, Role.KRON_1) : first(layer, Role.KRON_1_A);
    float[] w1 =
        whole
            ? layer.values(Role.KRON_1)
            : product(
                layer.values(Role.KRON_1_A),
                first(layer, Role.KRON_1_B),
                layer.values(Role.KRON_1_B));
    List<Long> shape2 = kroneckerShape(layer);
    float[] w2 =
        layer.has(Role.KRON_2)
            ? layer.values(Role.KRON_2)
            : half(layer, List.of(Role.KRON_2_A, Role.KRON_2_B, Role.KRON_2_CORE));
    int rows2 = Math.toIntExact(shape2.get(0));
    int columns2 = Math.toIntExact(shape2.get(1));
    int kernel = w2.length / rows2 / columns2;
    int columns1 = w1.length / rows1;
    float[] result = new float[Math.multiplyExact(w1.length, w2.length)];
    int width = columns1 * columns2 * kernel;
    for (int a = 0; a < rows1; a++) {
      for (int b = 0; b < columns1; b++) {
        float factor = w1[a * columns1 + b];
        for (int c = 0; c < rows2; c++) {
          int to = (a * rows2 + c) * width + b * columns2 * kernel;
          int from = c * columns2 * kernel;
          for (int k = 0; k < columns2 * kernel; k++) {
            result[to + k] = factor * w2[from + k];
          }
        }
      }
    }
    return result;
  }

  /** Of LoKr's second factor: rows and columns. */
  private static List<Long> kroneckerShape(LayerTensors layer) {
    if (layer.has(Role.KRON_2)) {
      return layer.shape(Role.KRON_2).subList(0, 2);
    }
    boolean core = layer.has(Role.KRON_2_CORE);
    return List.of(layer.shape(Role.KRON_2_A).get(core ? 1 : 0), layer.shape(Role.KRON_2_B).get(1));
  }

  /** Rows of the weight that a layer was trained for, where its difference tells. */
  static OptionalLong rows(LayerTensors layer) {
    return switch (layer.kind()) {
      case LORA, EXTENDED_LORA -> OptionalLong.of(layer.shape(Role.UP).get(0));
      case LOHA ->
          OptionalLong.of(layer.shape(Role.HADA_1_A).get(layer.has(Role.HADA_1_CORE) ? 1 : 0));
      case LOKR ->
          OptionalLong.of(
              layer.shape(layer.has(Role.KRON_1) ? Role.KRON_1 : Role.KRON_1_A).get(0)
                  * kroneckerShape(layer).get(0));
      case FULL ->
          layer.has(Role.DIFFERENCE)
              ? OptionalLong.of(layer.shape(Role.DIFFERENCE).get(0))
              : OptionalLong.empty();
      case GLORA -> OptionalLong.of(layer.shape(Role.GLORA_B_1).get(0));
      case VERA -> OptionalLong.of(layer.get(Role.VERA_OUT).count());
      case IA3, PEFT_IA3, OFT -> OptionalLong.empty();
    };
  }

  /** a b; with a core c: sum over i, j of c[i, j, ...] a[i, out] b[j, in]. */
  private static float[] half(LayerTensors layer, List<Role> roles) {
    float[] a = layer.values(roles.get(0));
    float[] b = layer.values(roles.get(1));
    if (!layer.has(roles.get(2))) {
      return product(a, first(layer, roles.get(1)), b);
    }
    int outer = first(layer, roles.get(2));
    int inner = first(layer, roles.get(1));
    return product(
        transposed(a, outer), outer, contracted(layer.values(roles.get(2)), outer, inner, b));
  }

  /** sum over j of core[i, j, k] b[j, in], as [i, in, k]. */
  private static float[] contracted(float[] core, int outer, int inner, float[] b) {
    int kernel = core.length / outer / inner;
    int columns = b.length / inner;
    float[] result = new float[outer * columns * kernel];
    for (int i = 0; i < outer; i++) {
      for (int j = 0; j < inner; j++) {
        for (int column = 0; column < columns; column++) {
          float factor = b[j * columns + column];
          for (int k = 0; k < kernel; k++) {
            result[(i * columns + column) * kernel + k] +=
                factor * core[(i * inner + j) * kernel + k];
          }
        }
      }
    }
    return result;
  }

  /** The product of [n, inner] and [inner, m]. */
  static float[] product(float[] left, int inner, float[] right) {
    int rows = left.length / inner;
    int columns = right.length / inner;
    float[] result = new float[Math.multiplyExact(rows, columns)];
    for (int row = 0; row < rows; row++) {
      for (int k = 0; k < inner; k++) {
        float factor = left[row * inner + k];
        int from = k * columns;
        int to = row * columns;
        for (int column = 0; column < columns; column++) {
          result[to + column] += factor * right[from + column];
        }
      }
    }
    return result;
  }

  private static float[] transposed(float[] matrix, int rows) {
    int columns = matrix.length / rows;
    float[] result = new float[matrix.length];
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        result[column * rows + row] = matrix[row * columns + column];
      }
    }
    return result;
  }

  static int first(LayerTensors layer, Role role) {
    return Math.toIntExact(layer.shape(role).get(0));
  }

  private static void requireEqual(LayerTensors layer, int left, int right) {
    if (left != right) {
      throw new AdapterException(
          layer.file()
              + ": the factors of layer "
              + layer.name()
              + " do not fit each other. The file is damaged: get it again.");
    }
  }
}
