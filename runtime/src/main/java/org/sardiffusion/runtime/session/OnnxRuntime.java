package org.sardiffusion.runtime.session;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtProvider;
import java.util.List;
import java.util.Map;
import org.sardiffusion.core.run.Cancellation;

/** What the ONNX Runtime of this build can do on this machine. */
public final class OnnxRuntime {
  private OnnxRuntime() {}

  /**
   * The library's version, such as {@code 1.29.0}.
   *
   * @throws DeviceException if its native library can't be loaded
   */
  public static String version() {
    return NativeRuntime.environment().getVersion();
  }

  /**
   * The execution providers that this build has, such as {@code CPU}; whether one works here is
   * another question, which {@link #probe} answers.
   *
   * @throws DeviceException if the native library can't be loaded
   */
  public static List<String> providers() {
    NativeRuntime.environment();
    return OrtEnvironment.getAvailableProviders().stream().map(OrtProvider::getName).toList();
  }

  /** Whether this build has the CUDA provider. */
  public static boolean hasCuda() {
    NativeRuntime.environment();
    return OrtEnvironment.getAvailableProviders().contains(OrtProvider.CUDA);
  }

  /**
   * Runs one convolution on {@code device}: that takes its driver, its libraries (cuDNN for CUDA)
   * and a little of its memory.
   *
   * @throws DeviceException if it can't be done; the message names what is missing and the remedy
   */
  public static void probe(Device device) {
    NativeRuntime.environment();
    SessionSettings settings = new SessionSettings(device, SessionSettings.cpu().threads());
    try (GraphSession session = GraphSession.of(convolution().toByteArray(), settings);
        Cancellation cancellation = new Cancellation();
        HostTensor image = session.newInput("image", 1, 1, 2, 2);
        HostTensor kernel = session.newInput("kernel", 1, 1, 2, 2);
        HostTensor product = session.newOutput("product", 1, 1, 1, 1)) {
      image.put(0, new float[] {1, 2, 3, 4});
      kernel.put(0, new float[] {5, 6, 7, 8});
      session
          .bind(Map.of("image", image, "kernel", kernel), Map.of("product", product))
          .run(cancellation);
      float[] value = new float[1];
      product.get(0, value);
      // 1 * 5 + 2 * 6 + 3 * 7 + 4 * 8; the wide margin lets TF32 and the like pass.
      if (!(Math.abs(value[0] - 70) < 1)) {
        throw new DeviceException(
            device + " computes wrongly: a convolution gave " + value[0] + " instead of 70.");
      }
    }
  }

  private static ModelProto convolution() {
    GraphProto graph =
        GraphProto.newBuilder()
            .setName("probe")
            .addNode(
                NodeProto.newBuilder()
                    .setOpType("Conv")
                    .addInput("image")
                    .addInput("kernel")
                    .addOutput("product"))
            .addInput(square("image", 2))
            .addInput(square("kernel", 2))
            .addOutput(square("product", 1))
            .build();
    return ModelProto.newBuilder()
        .setIrVersion(8)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
        .setGraph(graph)
        .build();
  }

  private static ValueInfoProto square(String name, long side) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (long size : new long[] {1, 1, side, side}) {
      shape.addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(size));
    }
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(
                    TypeProto.Tensor.newBuilder()
                        .setElemType(TensorProto.DataType.FLOAT_VALUE)
                        .setShape(shape)))
        .build();
  }
}
