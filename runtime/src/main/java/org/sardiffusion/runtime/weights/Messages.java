package org.sardiffusion.runtime.weights;

import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Walks over every message inside an ONNX model: subgraphs, functions and attributes included. */
final class Messages {
  private Messages() {}

  /** Shows {@code visitor} the message and all messages within; tensors are shown, not entered. */
  static void visit(Message message, Consumer<Message> visitor) {
    visitor.accept(message);
    if (message instanceof TensorProto) {
      return;
    }
    for (Map.Entry<FieldDescriptor, Object> field : message.getAllFields().entrySet()) {
      if (field.getKey().getJavaType() != FieldDescriptor.JavaType.MESSAGE) {
        continue;
      }
      if (field.getValue() instanceof List<?> messages) {
        messages.forEach(each -> visit((Message) each, visitor));
      } else {
        visit((Message) field.getValue(), visitor);
      }
    }
  }
}
