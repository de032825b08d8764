package org.sardiffusion.runtime.weights;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.util.List;
import java.util.function.Consumer;

/**
 * Walks over every message inside an ONNX model: subgraphs, functions and attributes included.
 * Tensors are shown, not entered; metadata and shapes are not shown.
 *
 * <p>What most of a graph consists of is entered by its own methods, the rest by protobuf's
 * reflection, which takes many times as long: every start of the command waits for this walk.
 */
final class Messages {
  private Messages() {}

  /** Shows {@code visitor} the message and all messages within. */
  static void visit(Message message, Consumer<Message> visitor) {
    if (message instanceof StringStringEntryProto || message instanceof TensorShapeProto) {
      return;
    }
    visitor.accept(message);
    if (message instanceof GraphProto graph) {
      visitAll(graph.getNodeList(), visitor);
      visitAll(graph.getInitializerList(), visitor);
      visitAll(graph.getSparseInitializerList(), visitor);
      visitAll(graph.getInputList(), visitor);
      visitAll(graph.getOutputList(), visitor);
      visitAll(graph.getValueInfoList(), visitor);
      visitAll(graph.getQuantizationAnnotationList(), visitor);
    } else if (message instanceof NodeProto node) {
      visitAll(node.getAttributeList(), visitor);
    } else if (message instanceof AttributeProto attribute) {
      visitAttribute(attribute, visitor);
    } else if (message instanceof ValueInfoProto value && value.getType().hasTensorType()) {
      visitor.accept(value.getType());
      visitor.accept(value.getType().getTensorType());
    } else if (!(message instanceof TensorProto)) {
      visitFields(message, visitor);
    }
  }

  private static void visitAttribute(AttributeProto attribute, Consumer<Message> visitor) {
    if (attribute.hasT()) {
      visit(attribute.getT(), visitor);
    }
    if (attribute.hasG()) {
      visit(attribute.getG(), visitor);
    }
    if (attribute.hasSparseTensor()) {
      visit(attribute.getSparseTensor(), visitor);
    }
    if (attribute.hasTp()) {
      visit(attribute.getTp(), visitor);
    }
    visitAll(attribute.getTensorsList(), visitor);
    visitAll(attribute.getGraphsList(), visitor);
    visitAll(attribute.getSparseTensorsList(), visitor);
    visitAll(attribute.getTypeProtosList(), visitor);
  }

  private static void visitFields(Message message, Consumer<Message> visitor) {
    for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
      if (field.getJavaType() != FieldDescriptor.JavaType.MESSAGE) {
        continue;
      }
      if (field.isRepeated()) {
        visitAll((List<?>) message.getField(field), visitor);
      } else if (message.hasField(field)) {
        visit((Message) message.getField(field), visitor);
      }
    }
  }

  private static void visitAll(List<?> messages, Consumer<Message> visitor) {
    messages.forEach(each -> visit((Message) each, visitor));
  }
}
