package org.sardiffusion.runtime.weights;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;
import java.util.List;

/**
 * A graph in which every FLOAT16 has become FLOAT, and the list of weights that its data file
 * needs.
 *
 * <p>Large weights of the main graph are only listed, to be streamed later. Constants inside nodes
 * and the weights of subgraphs are converted here, in memory: ONNX Runtime takes external data only
 * from initializers of the main graph, and exporters put no large weights elsewhere.
 */
final class Float32Rewrite {

  /** Inline weights that come out longer go into the data file, as onnx's own tools choose. */
  private static final long INLINE_LIMIT = 1024;

  /** What may be converted in memory. */
  private static final long CONSTANTS_LIMIT = 512L << 20;

  private final OnnxGraph source;
  private final TypeAttributes attributes;
  private final StoredTensors tensors;
  private final ScalarConstants scalars;
  private final SharedWeights shared;
  private final DataFileLayout dataFile;
  private final ModelProto model;
  private long constantBytes;

  /**
   * @param dataFile name of the data file that the converted graph refers to
   * @param shared weights that need not be listed
   */
  Float32Rewrite(OnnxGraph source, String dataFile, SharedWeights shared) {
    this.source = source;
    this.shared = shared;
    this.dataFile = new DataFileLayout(dataFile);
    this.attributes = new TypeAttributes(source.model());
    this.tensors = new StoredTensors(source.file());
    this.scalars = new ScalarConstants(source.model().getGraph());
    this.model = rewritten(source.model());
  }

  /** The converted graph. */
  ModelProto model() {
    return model;
  }

  /** What to write into the data file, by ascending offset. */
  List<WeightCopy> copies() {
    return dataFile.copies();
  }

  /** Length of the data file in bytes. */
  long dataLength() {
    return dataFile.length();
  }

  private ModelProto rewritten(ModelProto original) {
    ModelProto.Builder builder = original.toBuilder();
    GraphProto.Builder main = builder.getGraphBuilder();
    main.getInitializerBuilderList().forEach(this::weight);
    main.getNodeBuilderList().forEach(this::scalarNode);
    body(main);
    builder.getFunctionsBuilderList().forEach(this::function);
    builder
        .getTrainingInfoBuilderList()
        .forEach(
            training -> {
              subgraph(training.getInitializationBuilder());
              subgraph(training.getAlgorithmBuilder());
            });
    return builder.build();
  }

  private void subgraph(GraphProto.Builder graph) {
    graph.getInitializerBuilderList().forEach(this::constant);
    body(graph);
  }

  private void body(GraphProto.Builder graph) {
    graph.getSparseInitializerBuilderList().forEach(each -> constant(each.getValuesBuilder()));
    graph.getInputBuilderList().forEach(this::value);
    graph.getOutputBuilderList().forEach(this::value);
    graph.getValueInfoBuilderList().forEach(this::value);
    graph.getNodeBuilderList().forEach(this::node);
  }

  private void function(FunctionProto.Builder function) {
    FunctionProto before = function.build();
    function.getValueInfoBuilderList().forEach(this::value);
    function.getNodeBuilderList().forEach(this::node);
    for (AttributeProto.Builder attribute : function.getAttributeProtoBuilderList()) {
      if (attributes.isFloat16(before, attribute.build())) {
        attribute.setI(ElementType.FLOAT.code());
      }
      attribute(attribute);
    }
  }

  private void node(NodeProto.Builder node) {
    refuseBitCast(node);
    if (node.getAttributeCount() == 0) {
      return;
    }
    NodeProto before = node.build();
    for (AttributeProto.Builder attribute : node.getAttributeBuilderList()) {
      if (attributes.isFloat16(before, attribute.build())) {
        attribute.setI(ElementType.FLOAT.code());
      }
      attribute(attribute);
    }
  }

  /** The one operator that looks at the bits of a value, which do change. */
  private void refuseBitCast(NodeProto.Builder node) {
    if (OnnxGraph.isOnnxDomain(node.getDomain()) && node.getOpType().equals("BitCast")) {
      throw new WeightsException(
          source.file(),
          "node \"" + node.getName() + "\" (BitCast) depends on the bits of half precision values",
          "It can't be converted to single precision: export the model in float32.");
    }
  }

  private void attribute(AttributeProto.Builder attribute) {
    if (attribute.hasT()) {
      constant(attribute.getTBuilder());
    }
    if (attribute.hasSparseTensor()) {
      constant(attribute.getSparseTensorBuilder().getValuesBuilder());
    }
    if (attribute.hasG()) {
      subgraph(attribute.getGBuilder());
    }
    if (attribute.hasTp()) {
      type(attribute.getTpBuilder());
    }
    attribute.getTensorsBuilderList().forEach(this::constant);
    attribute.getSparseTensorsBuilderList().forEach(each -> constant(each.getValuesBuilder()));
    attribute.getGraphsBuilderList().forEach(this::subgraph);
    attribute.getTypeProtosBuilderList().forEach(this::type);
  }

  private void value(ValueInfoProto.Builder value) {
    if (value.hasType()) {
      type(value.getTypeBuilder());
    }
  }

  private void type(TypeProto.Builder type) {
    switch (type.getValueCase()) {
      case TENSOR_TYPE -> {
        if (type.getTensorType().getElemType() == ElementType.FLOAT16.code()) {
          type.getTensorTypeBuilder().setElemType(ElementType.FLOAT.code());
        }
      }
      case SPARSE_TENSOR_TYPE -> {
        if (type.getSparseTensorType().getElemType() == ElementType.FLOAT16.code()) {
          type.getSparseTensorTypeBuilder().setElemType(ElementType.FLOAT.code());
        }
      }
      case SEQUENCE_TYPE -> type(type.getSequenceTypeBuilder().getElemTypeBuilder());
      case OPTIONAL_TYPE -> type(type.getOptionalTypeBuilder().getElemTypeBuilder());
      case MAP_TYPE -> type(type.getMapTypeBuilder().getValueTypeBuilder());
      default -> {
        // Opaque, or nothing at all.
      }
    }
  }

  /** An initializer of the main graph: left alone, converted here if small, or listed. */
  private void weight(TensorProto.Builder tensor) {
    TensorProto before = tensor.build();
    Initializer weight = tensors.describe(before);
    WeightCopy.Encoding encoding =
        weight.type() == ElementType.FLOAT16
            ? WeightCopy.Encoding.WIDENED
            : WeightCopy.Encoding.AS_IS;
    if (isHalfScalar(before)) {
      scalar(tensor, weight.name());
    } else if (shared.find(weight).isPresent()) {
      SharedWeights.Converted there = shared.find(weight).get();
      DataFileLayout.refer(
          tensor, there.file().getFileName().toString(), there.offset(), there.length());
      tensor.setDataType(ElementType.FLOAT.code());
    } else if (weight.location() instanceof Initializer.Location.External external) {
      listed(
          tensor, weight, encoding, new WeightBytes.External(external.file(), external.offset()));
    } else if (weight.byteLength() * encoding.growth() <= INLINE_LIMIT) {
      constant(tensor);
    } else if (weight.type() == ElementType.FLOAT16 || before.hasRawData()) {
      listed(tensor, weight, encoding, new WeightBytes.Inline(source.file(), raw(before)));
    }
  }

  /** A Constant node of the main graph may hold such a scalar as well. */
  private void scalarNode(NodeProto.Builder node) {
    if (node.getOpType().equals("Constant") && OnnxGraph.isOnnxDomain(node.getDomain())) {
      node.getAttributeBuilderList().stream()
          .filter(attribute -> attribute.hasT() && isHalfScalar(attribute.getT()))
          .forEach(attribute -> scalar(attribute.getTBuilder(), node.getOutput(0)));
    }
  }

  private static boolean isHalfScalar(TensorProto tensor) {
    return tensor.getDataType() == ElementType.FLOAT16.code()
        && tensor.getDimsList().stream().allMatch(dim -> dim == 1);
  }

  private void scalar(TensorProto.Builder tensor, String name) {
    constant(tensor);
    float half =
        tensor.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN).getFloat();
    ByteBuffer exact = littleEndian(Float.BYTES).putFloat(scalars.restored(name, half));
    tensor.setRawData(UnsafeByteOperations.unsafeWrap(exact.flip()));
  }

  private void listed(
      TensorProto.Builder tensor,
      Initializer weight,
      WeightCopy.Encoding encoding,
      WeightBytes bytes) {
    dataFile.place(tensor, bytes, weight.byteLength(), encoding);
    if (encoding == WeightCopy.Encoding.WIDENED) {
      tensor.setDataType(ElementType.FLOAT.code());
    }
  }

  /** Converts a tensor in memory, and brings it inline if it is external. */
  private void constant(TensorProto.Builder tensor) {
    TensorProto before = tensor.build();
    boolean external = before.getDataLocation() == TensorProto.DataLocation.EXTERNAL;
    boolean half = before.getDataType() == ElementType.FLOAT16.code();
    if (!external && !half) {
      return;
    }
    Initializer described = tensors.describe(before);
    constantBytes = Math.addExact(constantBytes, described.byteLength());
    if (constantBytes > CONSTANTS_LIMIT) {
      throw new WeightsException(
          source.file(),
          "holds more than 512 MiB of weights in constants or subgraphs",
          "Export the model with its weights as initializers of the main graph.");
    }
    ByteString bytes =
        described.location() instanceof Initializer.Location.External location
            ? read(new WeightBytes.External(location.file(), location.offset()), described)
            : raw(before);
    tensor
        .clearInt32Data()
        .clearExternalData()
        .clearDataLocation()
        .setRawData(half ? widened(bytes) : bytes);
    if (half) {
      tensor.setDataType(ElementType.FLOAT.code());
    }
  }

  private static ByteString read(WeightBytes.External bytes, Initializer tensor) {
    ByteBuffer buffer = ByteBuffer.allocate(Math.toIntExact(tensor.byteLength()));
    try (WeightBytes.Source opened = bytes.open()) {
      opened.read(buffer);
    } catch (IOException e) {
      throw new WeightsException(
          bytes.file(), "can't be read (" + e.getMessage() + ")", "Check the file.", e);
    }
    return UnsafeByteOperations.unsafeWrap(buffer.flip());
  }

  /** Raw data; halves may also come one to an int32, in the low 16 bits. */
  private static ByteString raw(TensorProto tensor) {
    if (tensor.hasRawData() || tensor.getInt32DataCount() == 0) {
      return tensor.getRawData();
    }
    ByteBuffer raw = littleEndian(Short.BYTES * tensor.getInt32DataCount());
    for (int i = 0; i < tensor.getInt32DataCount(); i++) {
      raw.putShort((short) tensor.getInt32Data(i));
    }
    return UnsafeByteOperations.unsafeWrap(raw.flip());
  }

  private static ByteString widened(ByteString halves) {
    ShortBuffer from = halves.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN).asShortBuffer();
    ByteBuffer raw = littleEndian(Float.BYTES * from.remaining());
    while (from.hasRemaining()) {
      raw.putFloat(Float16.toFloat(from.get()));
    }
    return UnsafeByteOperations.unsafeWrap(raw.flip());
  }

  private static ByteBuffer littleEndian(int length) {
    return ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
  }
}
