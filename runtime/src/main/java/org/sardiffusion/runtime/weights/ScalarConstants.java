package org.sardiffusion.runtime.weights;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.DoubleStream;

/**
 * Gives the mathematical constants of a graph back the digits that a half precision export cut off.
 *
 * <p>torch.onnx writes the scalars of a formula in the type of the tensors around them: the square
 * root of two in GELU becomes 1.4140625. In single precision, that rounding alone moved the output
 * of a small SDXL-shaped UNet by 1e-4 of its standard deviation. A scalar factor that equals a
 * known constant rounded to half precision is therefore taken to be that constant. A wrong guess
 * does no harm: it stays within the rounding that any scalar there had suffered anyway.
 *
 * <p>The constants: sqrt(2) of GELU, and sqrt(2/pi) and 0.044715 of its tanh form (Hendrycks and
 * Gimpel, "Gaussian Error Linear Units", 2016); 1.702 of QuickGELU (transformers, activations.py);
 * the scale of attention, d^-1/2 (Vaswani et al., "Attention Is All You Need", 2017), or its square
 * root where torch scales queries and keys alike (torch/onnx, scaled_dot_product_attention), for
 * heads of d = 8, 16, ..., 512 channels.
 */
final class ScalarConstants {
  private static final Set<String> SCALING = Set.of("Mul", "Div", "Sqrt");
  private static final Map<Float, Float> BY_ROUNDED = new HashMap<>();

  static {
    DoubleStream.of(Math.sqrt(2), 1 / Math.sqrt(2), Math.sqrt(2 / Math.PI), 0.044715, 1.702)
        .forEach(exact -> learn(exact, exact));
    for (int channels = 8; channels <= 512; channels += 8) {
      double scale = 1 / Math.sqrt(channels);
      learn(scale, scale);
      learn(Math.sqrt(scale), Math.sqrt(scale));
      // torch takes the square root of the scale after rounding it, which may end one digit off.
      learn(Math.sqrt(roundedToHalf(scale)), Math.sqrt(scale));
    }
  }

  private static void learn(double exported, double exact) {
    BY_ROUNDED.putIfAbsent(roundedToHalf(exported), (float) exact);
  }

  /** The operators that each value is fed to. */
  private final Map<String, Set<String>> uses = new HashMap<>();

  ScalarConstants(GraphProto graph) {
    for (NodeProto node : graph.getNodeList()) {
      for (String input : node.getInputList()) {
        uses.computeIfAbsent(input, absent -> new HashSet<>()).add(node.getOpType());
      }
    }
  }

  /**
   * The constant that {@code half} stands for.
   *
   * @param name of the value that holds it
   * @param half the scalar as it was exported
   */
  float restored(String name, float half) {
    Set<String> operators = uses.getOrDefault(name, Set.of());
    return !operators.isEmpty() && SCALING.containsAll(operators)
        ? BY_ROUNDED.getOrDefault(half, half)
        : half;
  }

  /** Rounds a number of half precision's normal range to the nearest half, ties to even. */
  static float roundedToHalf(double value) {
    double ulp = Math.scalb(1.0, Math.getExponent(value) - 10);
    return (float) (Math.rint(value / ulp) * ulp);
  }
}
