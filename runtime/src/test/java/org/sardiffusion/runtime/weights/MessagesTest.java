package org.sardiffusion.runtime.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The walk misses no field of ONNX's schema, whichever of them it knows by name. */
class MessagesTest {
  private static final Set<String> NOT_SHOWN =
      Set.of("onnx.StringStringEntryProto", "onnx.TensorShapeProto");

  @Test
  void everyFieldOfTheSchemaIsVisited() {
    Message model = filled(ModelProto.newBuilder(), 5);
    List<Message> visited = new ArrayList<>();
    Messages.visit(model, visited::add);
    List<Message> expected = new ArrayList<>();
    collect(model, expected);
    assertEquals(names(expected), names(visited));
  }

  /** A message with each of its message fields set; oneofs their first. */
  private static Message filled(Message.Builder builder, int depth) {
    for (FieldDescriptor field : builder.getDescriptorForType().getFields()) {
      if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE && depth > 0) {
        Message inner = filled(builder.newBuilderForField(field), depth - 1);
        if (field.isRepeated()) {
          builder.addRepeatedField(field, inner);
        } else if (field.getContainingOneof() == null
            || builder.getOneofFieldDescriptor(field.getContainingOneof()) == null) {
          builder.setField(field, inner);
        }
      }
    }
    return builder.build();
  }

  /** By protobuf's reflection alone. */
  private static void collect(Message message, List<Message> all) {
    Descriptor type = message.getDescriptorForType();
    if (NOT_SHOWN.contains(type.getFullName())) {
      return;
    }
    all.add(message);
    if (message instanceof TensorProto) {
      return;
    }
    for (FieldDescriptor field : type.getFields()) {
      if (field.getJavaType() != FieldDescriptor.JavaType.MESSAGE) {
        continue;
      }
      if (field.isRepeated()) {
        for (int i = 0; i < message.getRepeatedFieldCount(field); i++) {
          collect((Message) message.getRepeatedField(field, i), all);
        }
      } else if (message.hasField(field)) {
        collect((Message) message.getField(field), all);
      }
    }
  }

  private static List<String> names(List<Message> messages) {
    return messages.stream().map(m -> m.getDescriptorForType().getFullName()).sorted().toList();
  }
}
