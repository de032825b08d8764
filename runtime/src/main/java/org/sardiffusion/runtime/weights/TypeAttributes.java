package org.sardiffusion.runtime.weights;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Tells which integer attributes of a model's nodes stand for an element type.
 *
 * <p>For ONNX's own operators these are known by name. A function of the model may hand one of its
 * own attributes, under any name, down to such an operator ({@code ref_attr_name}), directly or
 * through other functions; then the attribute of the calling node stands for an element type too.
 */
final class TypeAttributes {

  /**
   * The names that stand for an element type in every operator of ONNX that has them, from the
   * operator schemas of onnx 1.23 (Cast.to, RandomNormal.dtype, HannWindow.output_datatype,
   * LayerNormalization.stash_type, Attention.softmax_precision, QuantizeLinear.precision, ...).
   */
  private static final Set<String> OF_ONNX =
      Set.of(
          "to",
          "dtype",
          "output_dtype",
          "output_datatype",
          "stash_type",
          "softmax_precision",
          "precision");

  /** How a node names the function or operator that it calls. */
  private record Callee(String domain, String name, String overload) {
    static Callee of(NodeProto node) {
      return new Callee(node.getDomain(), node.getOpType(), node.getOverload());
    }

    static Callee of(FunctionProto function) {
      return new Callee(function.getDomain(), function.getName(), function.getOverload());
    }
  }

  private final Map<Callee, Set<String>> ofFunctions = new HashMap<>();

  TypeAttributes(ModelProto model) {
    model.getFunctionsList().forEach(each -> ofFunctions.put(Callee.of(each), new HashSet<>()));
    boolean[] grew = {true};
    while (grew[0]) {
      grew[0] = false;
      for (FunctionProto function : model.getFunctionsList()) {
        Set<String> known = ofFunctions.get(Callee.of(function));
        Messages.visit(
            function,
            message -> {
              if (message instanceof NodeProto node) {
                grew[0] |=
                    node.getAttributeList().stream()
                        .filter(
                            each -> each.hasRefAttrName() && standsForType(node, each.getName()))
                        .map(each -> known.add(each.getRefAttrName()))
                        .reduce(false, Boolean::logicalOr);
              }
            });
      }
    }
  }

  /** Whether the integer attribute {@code name} of {@code node} stands for an element type. */
  boolean standsForType(NodeProto node, String name) {
    Set<String> own = ofFunctions.get(Callee.of(node));
    if (own != null) {
      return own.contains(name);
    }
    return OnnxGraph.isOnnxDomain(node.getDomain()) && OF_ONNX.contains(name);
  }

  /** Whether {@code attribute} of {@code node} is set to the element type half precision. */
  boolean isFloat16(NodeProto node, AttributeProto attribute) {
    return attribute.getI() == ElementType.FLOAT16.code()
        && attribute.getType() == AttributeProto.AttributeType.INT
        && standsForType(node, attribute.getName());
  }

  /** Whether the default of a function's attribute is the element type half precision. */
  boolean isFloat16(FunctionProto function, AttributeProto attribute) {
    return attribute.getI() == ElementType.FLOAT16.code()
        && attribute.getType() == AttributeProto.AttributeType.INT
        && ofFunctions.get(Callee.of(function)).contains(attribute.getName());
  }
}
