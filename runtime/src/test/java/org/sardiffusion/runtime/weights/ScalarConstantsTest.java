package org.sardiffusion.runtime.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import org.junit.jupiter.api.Test;

class ScalarConstantsTest {
  private final ScalarConstants constants =
      new ScalarConstants(
          GraphProto.newBuilder()
              .addNode(node("Mul", "factor"))
              .addNode(node("Sqrt", "scale"))
              .addNode(node("Mul", "both"))
              .addNode(node("Add", "both"))
              .addNode(node("Add", "summand"))
              .build());

  @Test
  void restoresKnownFactors() {
    // The halves that torch 2.11 exports: 1.414, 0.4204 and 0.5947 (heads of 32 and 8 channels),
    // 0.4517 and 0.3193 (24 and 96: rounded twice).
    assertEquals(1.4142135f, constants.restored("factor", 1.4140625f));
    assertEquals((float) Math.pow(32, -0.25), constants.restored("factor", 0.42041015625f));
    assertEquals((float) Math.pow(8, -0.25), constants.restored("factor", 0.5947265625f));
    assertEquals((float) Math.pow(24, -0.25), constants.restored("factor", 1850 / 4096f));
    assertEquals((float) Math.pow(96, -0.25), constants.restored("factor", 1308 / 4096f));
    assertEquals((float) Math.pow(24, -0.5), constants.restored("scale", 1672 / 8192f));
  }

  @Test
  void leavesOtherScalarsAlone() {
    assertEquals(0.125f, constants.restored("factor", 0.125f));
    assertEquals(1.5f, constants.restored("factor", 1.5f));
    assertEquals(-65504f, constants.restored("factor", -65504f));
    assertEquals(1.4140625f, constants.restored("summand", 1.4140625f));
    assertEquals(1.4140625f, constants.restored("both", 1.4140625f));
    assertEquals(1.4140625f, constants.restored("unused", 1.4140625f));
  }

  @Test
  void roundsToHalf() {
    assertEquals(1.4140625f, ScalarConstants.roundedToHalf(Math.sqrt(2)));
    assertEquals(1f, ScalarConstants.roundedToHalf(1 + 0x1p-11));
    assertEquals(1 + 0x1p-9f, ScalarConstants.roundedToHalf(1 + 0x1.8p-10));
  }

  private static NodeProto node(String operator, String input) {
    return NodeProto.newBuilder().setOpType(operator).addInput(input).build();
  }
}
