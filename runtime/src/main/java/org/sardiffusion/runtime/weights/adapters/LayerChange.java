package org.sardiffusion.runtime.weights.adapters;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.sardiffusion.runtime.weights.WeightChange;

/**
 * What a layer of an adapter file does to a weight, for every kind of adapter that has a closed
 * formula for it.
 *
 * @param weight what the user multiplies the adapter by
 * @param scale what the trainer multiplies the layer's difference by
 */
record LayerChange(AdapterFile file, LayerTensors layer, double weight, double scale) {

  /** The change of the weight itself; empty where only the bias changes. */
  Optional<WeightChange> ofWeight() {
    return switch (layer.kind()) {
      case OFT -> Optional.of(this::rotate);
      case GLORA -> Optional.of(this::generalised);
      case IA3 -> Optional.of(this::scaleChannels);
      case PEFT_IA3 -> Optional.of(this::scaleAsPeft);
      case VERA -> Optional.of(this::vera);
      case FULL ->
          layer.has(Role.DIFFERENCE)
              ? Optional.of((values, shape) -> add(values, shape, delta(), weight))
              : Optional.empty();
      case LORA, EXTENDED_LORA, LOHA, LOKR -> Optional.of(this::adapt);
    };
  }

  /** The change of the layer's bias. */
  Optional<WeightChange> ofBias() {
    if (layer.has(Role.BIAS_DIFFERENCE)) {
      return Optional.of(
          (values, shape) -> add(values, shape, layer.values(Role.BIAS_DIFFERENCE), weight));
    }
    if (layer.has(Role.UP_BIAS)) {
      return Optional.of(
          (values, shape) -> add(values, shape, layer.values(Role.UP_BIAS), weight * scale));
    }
    // (IA)^3 scales what leaves the layer, and so its bias.
    return layer.has(Role.PEFT_IA3) && scalesOutput(layer.shape(Role.PEFT_IA3))
        ? Optional.of(
            (values, shape) -> {
              float[] factors = layer.values(Role.PEFT_IA3);
              requireLength(shape, factors.length, values.length);
              for (int i = 0; i < values.length; i++) {
                values[i] *= 1 + weight * (factors[i] - 1);
              }
            })
        : Optional.empty();
  }

  private float[] delta() {
    return switch (layer.kind()) {
      case FULL -> layer.values(Role.DIFFERENCE);
      case LOHA -> Deltas.hadamard(layer);
      case LOKR -> Deltas.kronecker(layer);
      default -> Deltas.lora(layer);
    };
  }

  private void adapt(float[] values, List<Long> shape) {
    if (layer.has(Role.DORA_SCALE)) {
      decomposed(values, shape);
    } else if (layer.has(Role.MAGNITUDE)) {
      decomposedAsPeft(values, shape);
    } else {
      add(values, shape, delta(), weight * scale);
    }
  }

  private void add(float[] values, List<Long> shape, float[] delta, double factor) {
    requireLength(shape, delta.length, values.length);
    for (int i = 0; i < values.length; i++) {
      values[i] += (float) (factor * delta[i]);
    }
  }

  /**
   * Weight-decomposed adaptation (Liu et al., "DoRA", 2024, equation 5), as LyCORIS has it: W' = (W
   * + D) (1 + weight (m / |W + D| - 1)), the norm of each row, or of each input channel where the
   * magnitudes are for these ({@code _weight_decompose} in {@code functional/general.py}).
   */
  private void decomposed(float[] values, List<Long> shape) {
    float[] magnitudes = layer.values(Role.DORA_SCALE);
    add(values, shape, delta(), scale);
    boolean rows = layer.shape(Role.DORA_SCALE).get(0) == shape.get(0).longValue();
    double[] norms = norms(values, shape, rows);
    requireLength(shape, magnitudes.length, norms.length);
    multiply(
        values,
        shape,
        rows,
        index -> 1 + weight * (magnitudes[index] / (norms[index] + Math.ulp(1f)) - 1));
  }

  /** Likewise as peft has it, where the weight is part of D ({@code tuners/lora/dora.py}). */
  private void decomposedAsPeft(float[] values, List<Long> shape) {
    float[] magnitudes = layer.values(Role.MAGNITUDE);
    add(values, shape, delta(), weight * scale);
    double[] norms = norms(values, shape, true);
    requireLength(shape, magnitudes.length, norms.length);
    multiply(values, shape, true, index -> magnitudes[index] / norms[index]);
  }

  /**
   * GLoRA (Chavan et al., "One-for-All", 2023) as LyCORIS has it: W + W a1 a2 + b1 b2 ({@code
   * modules/glora.py}).
   */
  private void generalised(float[] values, List<Long> shape) {
    int rank = Deltas.first(layer, Role.GLORA_A_2);
    float[] inputs =
        Deltas.product(layer.values(Role.GLORA_A_1), rank, layer.values(Role.GLORA_A_2));
    float[] difference =
        Deltas.product(
            layer.values(Role.GLORA_B_1),
            Deltas.first(layer, Role.GLORA_B_2),
            layer.values(Role.GLORA_B_2));
    int in = Math.toIntExact(shape.get(1));
    int rows = Math.toIntExact(shape.get(0));
    int kernel = values.length / rows / in;
    requireLength(shape, inputs.length, in * in);
    requireLength(shape, difference.length, values.length);
    for (int row = 0; row < rows; row++) {
      for (int i = 0; i < in; i++) {
        for (int j = 0; j < in; j++) {
          for (int k = 0; k < kernel; k++) {
            difference[(row * in + j) * kernel + k] +=
                values[(row * in + i) * kernel + k] * inputs[i * in + j];
          }
        }
      }
    }
    add(values, shape, difference, weight * scale);
  }

  /** (IA)^3 as LyCORIS has it: W (1 + w), along outputs or inputs ({@code modules/ia3.py}). */
  private void scaleChannels(float[] values, List<Long> shape) {
    float[] factors = layer.values(Role.IA3);
    boolean rows = layer.get(Role.ON_INPUT).bytes().get(0) == 0;
    requireLength(shape, factors.length, Math.toIntExact(shape.get(rows ? 0 : 1)));
    multiply(values, shape, rows, index -> 1 + weight * factors[index]);
  }

  /** (IA)^3 as peft has it: W l (Liu et al., 2022; {@code tuners/ia3/layer.py}). */
  private void scaleAsPeft(float[] values, List<Long> shape) {
    float[] factors = layer.values(Role.PEFT_IA3);
    boolean rows = scalesOutput(layer.shape(Role.PEFT_IA3));
    requireLength(shape, factors.length, Math.toIntExact(shape.get(rows ? 0 : 1)));
    multiply(values, shape, rows, index -> 1 + weight * (factors[index] - 1));
  }

  /** peft has [out, 1] for outputs and [1, in] for the inputs of feed-forward layers. */
  private boolean scalesOutput(List<Long> shape) {
    if (shape.size() != 2) {
      throw new AdapterException(
          file.path()
              + " scales the convolution "
              + layer.name()
              + " ((IA)^3), which can't be merged here. Merge it with peft (merge_and_unload) and export the result.");
    }
    return shape.get(1) == 1;
  }

  /** VeRA (Kopiczko et al., 2024): diag(b) B diag(d) A ({@code peft/tuners/vera/layer.py}). */
  private void vera(float[] values, List<Long> shape) {
    float[] ranks = layer.values(Role.VERA_RANK);
    float[] outputs = layer.values(Role.VERA_OUT);
    float[] a = file.projection("A").toFloats();
    float[] b = file.projection("B").toFloats();
    int rank = ranks.length;
    int rows = Math.toIntExact(shape.get(0));
    int columns = values.length / rows;
    int width = a.length / rank;
    requireLength(shape, outputs.length, rows);
    requireLength(shape, Math.min(width, columns), columns);
    requireLength(shape, Math.min(b.length / rank, rows), rows);
    float[] left = new float[rows * rank];
    float[] right = new float[rank * columns];
    for (int k = 0; k < rank; k++) {
      for (int row = 0; row < rows; row++) {
        left[row * rank + k] = outputs[row] * b[row * rank + k];
      }
      for (int column = 0; column < columns; column++) {
        right[k * columns + column] = ranks[k] * a[k * width + column];
      }
    }
    add(values, shape, Deltas.product(left, rank, right), weight);
  }

  /**
   * Orthogonal fine-tuning (Qiu et al., 2023) with a diagonal of blocks, as LyCORIS and kohya's
   * scripts have it: R = (I + Q) (I - Q)^-1 with Q = A - A', and each block of rows becomes R' W
   * ({@code modules/diag_oft.py}).
   */
  private void rotate(float[] values, List<Long> shape) {
    List<Long> blocks = layer.shape(Role.OFT_BLOCKS);
    int rows = Math.toIntExact(shape.get(0));
    if (blocks.size() != 3) {
      throw new AdapterException(
          file.path()
              + " is a butterfly adapter (BOFT), which can't be merged here. Merge it with LyCORIS, or train a LoRA.");
    }
    int size = Math.toIntExact(blocks.get(1));
    requireLength(shape, Math.toIntExact(blocks.get(0) * size), rows);
    float[] rotations = Rotations.of(layer.values(Role.OFT_BLOCKS), size, constraint(rows));
    float[] rescale = new float[rows];
    Arrays.fill(rescale, 1);
    if (layer.has(Role.RESCALE)) {
      rescale = layer.values(Role.RESCALE);
      requireLength(shape, rescale.length, rows);
    }
    int width = values.length / rows;
    float[] block = new float[size * width];
    for (int first = 0; first < rows; first += size) {
      System.arraycopy(values, first * width, block, 0, block.length);
      for (int m = 0; m < size; m++) {
        float[] row = new float[width];
        for (int n = 0; n < size; n++) {
          double r = rotations[(first + n) * size + m];
          double factor = weight * (r - (n == m ? 1 : 0)) + (n == m ? 1 : 0);
          for (int column = 0; column < width; column++) {
            row[column] += (float) (factor * block[n * width + column]);
          }
        }
        for (int column = 0; column < width; column++) {
          values[(first + m) * width + column] = row[column] * rescale[first + m];
        }
      }
    }
  }

  /** The trainer's "alpha" of such a layer bounds the rotation, for each output. */
  private double constraint(int rows) {
    return layer.alpha().orElse(0) * rows;
  }

  private interface Factor {
    double of(int index);
  }

  private static void multiply(float[] values, List<Long> shape, boolean rows, Factor factor) {
    int out = Math.toIntExact(shape.get(0));
    int in = Math.toIntExact(shape.get(1));
    int kernel = values.length / out / in;
    for (int row = 0; row < out; row++) {
      for (int column = 0; column < in; column++) {
        float by = (float) factor.of(rows ? row : column);
        int start = (row * in + column) * kernel;
        for (int k = 0; k < kernel; k++) {
          values[start + k] *= by;
        }
      }
    }
  }

  private static double[] norms(float[] values, List<Long> shape, boolean rows) {
    int out = Math.toIntExact(shape.get(0));
    int in = Math.toIntExact(shape.get(1));
    int kernel = values.length / out / in;
    double[] sums = new double[rows ? out : in];
    for (int i = 0; i < values.length; i++) {
      int index = rows ? i / (in * kernel) : i / kernel % in;
      sums[index] += (double) values[i] * values[i];
    }
    return Arrays.stream(sums).map(Math::sqrt).toArray();
  }

  private void requireLength(List<Long> shape, int found, int expected) {
    if (found != expected) {
      throw new AdapterException(
          file.path()
              + ": layer "
              + layer.name()
              + " has "
              + found
              + " values where a weight of shape "
              + shape
              + " needs "
              + expected
              + ". The adapter is for another model, or damaged.");
    }
  }
}
