package org.sardiffusion.runtime.weights;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import java.nio.file.Path;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What an ONNX file holds, read and checked without loading its weights.
 *
 * <p>Every tensor of the file, wherever it lies, has been checked against the length of the file
 * that holds its values. Long files are mapped, not copied; the mapping lives as long as this
 * object. Immutable and thread-safe.
 */
public final class OnnxGraph {
  private final Path file;
  private final ByteString bytes;
  private final ModelProto model;
  private final Map<String, Initializer> initializers;
  private final List<GraphValue> inputs;
  private final List<GraphValue> outputs;
  private final Set<Path> externalFiles;
  private final boolean float16;

  private OnnxGraph(Path file) {
    OnnxFile.Parsed parsed = OnnxFile.parse(file);
    this.file = file;
    this.bytes = parsed.bytes();
    this.model = parsed.model();
    StoredTensors tensors = new StoredTensors(file);
    this.initializers = initializers(tensors);
    this.externalFiles = externalFiles(tensors);
    GraphProto graph = model.getGraph();
    // Before IR version 4, initializers had to be listed among the inputs.
    this.inputs =
        graph.getInputList().stream()
            .filter(value -> !initializers.containsKey(value.getName()))
            .map(this::value)
            .toList();
    this.outputs = graph.getOutputList().stream().map(this::value).toList();
    this.float16 = Float16Use.anywhereIn(model);
  }

  /**
   * Reads and checks an ONNX file.
   *
   * @throws WeightsException when the file or its external data are missing, truncated, not ONNX,
   *     over 2 GiB (without external data), or point outside their folder
   */
  public static OnnxGraph read(Path file) {
    return new OnnxGraph(file);
  }

  /** The file that was read. */
  public Path file() {
    return file;
  }

  /** What a caller must feed, in the order of the file. */
  public List<GraphValue> inputs() {
    return inputs;
  }

  /** What the graph computes, in the order of the file. */
  public List<GraphValue> outputs() {
    return outputs;
  }

  /** Version of ONNX's own operator set; 0 when the graph uses none of its operators. */
  public long opset() {
    return model.getOpsetImportList().stream()
        .filter(opset -> isOnnxDomain(opset.getDomain()))
        .mapToLong(OperatorSetIdProto::getVersion)
        .findFirst()
        .orElse(0);
  }

  /** Name and version of the exporter, such as "pytorch 2.11.0"; empty when it left none. */
  public String producer() {
    return (model.getProducerName() + " " + model.getProducerVersion()).strip();
  }

  /** The weights of the main graph by name, in the order of the file. */
  public Map<String, Initializer> initializers() {
    return initializers;
  }

  /** The files beside the ONNX file that hold weights, sorted. */
  public Set<Path> externalFiles() {
    return externalFiles;
  }

  /** Number of floating-point values among the weights, counted by their type. */
  public Map<ElementType, Long> parametersByType() {
    Map<ElementType, Long> counts = new EnumMap<>(ElementType.class);
    for (Initializer weight : initializers.values()) {
      if (weight.type().isFloatingPoint()) {
        counts.merge(weight.type(), weight.elementCount(), Math::addExact);
      }
    }
    return Collections.unmodifiableMap(counts);
  }

  /**
   * Number of floating-point values among the weights; integers are shapes and indices. Exporters
   * merge equal weights and add constants, so this is within a percent of the network's own count,
   * not equal to it.
   */
  public long parameterCount() {
    return parametersByType().values().stream().mapToLong(Long::longValue).sum();
  }

  /** How precisely the weights are stored. */
  public Precision precision() {
    return Precision.of(parametersByType());
  }

  /**
   * Whether half precision occurs anywhere: in weights, inputs, outputs, constants or casts. Such a
   * graph is slow on a CPU; {@link Float32Cache} makes it fast.
   */
  public boolean usesFloat16() {
    return float16;
  }

  /** The parsed file, for those who rewrite graphs; external weights are not in it. */
  public ModelProto model() {
    return model;
  }

  /** The bytes of the file, for hashing. */
  ByteString bytes() {
    return bytes;
  }

  /** Whether an operator's domain is ONNX's own, which has two names. */
  static boolean isOnnxDomain(String domain) {
    return domain.isEmpty() || domain.equals("ai.onnx");
  }

  private Map<String, Initializer> initializers(StoredTensors tensors) {
    Map<String, Initializer> weights = new LinkedHashMap<>();
    for (TensorProto tensor : model.getGraph().getInitializerList()) {
      if (weights.put(tensor.getName(), tensors.describe(tensor)) != null) {
        throw new WeightsException(
            file, "has two weights named \"" + tensor.getName() + "\"", "Export the model again.");
      }
    }
    return Collections.unmodifiableMap(weights);
  }

  /** Describes, and so checks, every tensor: those of subgraphs and attributes too. */
  private Set<Path> externalFiles(StoredTensors tensors) {
    Set<Path> files = new TreeSet<>();
    Messages.visit(
        model,
        message -> {
          if (message instanceof TensorProto tensor
              && tensors.describe(tensor).location()
                  instanceof Initializer.Location.External external) {
            files.add(external.file());
          }
        });
    return Collections.unmodifiableSet(files);
  }

  private GraphValue value(ValueInfoProto value) {
    TypeProto type = value.getType();
    if (!type.hasTensorType()) {
      throw new WeightsException(
          file,
          "its input or output \"" + value.getName() + "\" is not a tensor",
          "Only graphs from tensors to tensors can be run; export the model again.");
    }
    ElementType element =
        ElementType.of(type.getTensorType().getElemType())
            .orElseThrow(
                () ->
                    new WeightsException(
                        file,
                        String.format(
                            "its input or output \"%s\" has the unknown element type %d",
                            value.getName(), type.getTensorType().getElemType()),
                        "Export the model again."));
    return new GraphValue(
        value.getName(),
        element,
        type.getTensorType().hasShape()
            ? Optional.of(dimensions(type.getTensorType().getShape()))
            : Optional.empty());
  }

  private static List<Dimension> dimensions(TensorShapeProto shape) {
    return shape.getDimList().stream()
        .map(
            dim ->
                dim.hasDimValue()
                    ? new Dimension.Fixed(dim.getDimValue())
                    : new Dimension.Symbolic(dim.getDimParam()))
        .collect(Collectors.toUnmodifiableList());
  }
}
