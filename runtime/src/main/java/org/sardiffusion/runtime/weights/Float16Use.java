package org.sardiffusion.runtime.weights;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import com.google.protobuf.Message;

/** Finds half precision in a model: in tensors, types of values, and casts. */
final class Float16Use {
  private final TypeAttributes attributes;
  private boolean found;

  private Float16Use(ModelProto model) {
    attributes = new TypeAttributes(model);
    Messages.visit(model, message -> found |= isFloat16(message));
  }

  static boolean anywhereIn(ModelProto model) {
    return new Float16Use(model).found;
  }

  private boolean isFloat16(Message message) {
    int float16 = ElementType.FLOAT16.code();
    if (message instanceof TensorProto tensor) {
      return tensor.getDataType() == float16;
    }
    if (message instanceof TypeProto.Tensor type) {
      return type.getElemType() == float16;
    }
    if (message instanceof TypeProto.SparseTensor type) {
      return type.getElemType() == float16;
    }
    return message instanceof NodeProto node
        && node.getAttributeList().stream().anyMatch(each -> attributes.isFloat16(node, each));
  }
}
