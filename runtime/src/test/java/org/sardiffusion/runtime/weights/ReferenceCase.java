package org.sardiffusion.runtime.weights;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.StreamSupport;

/**
 * A half precision graph and what its single precision twin computes; see make_weight_graphs.py.
 */
record ReferenceCase(Path model, JsonNode values) {

  static ReferenceCase of(String name) throws IOException {
    Path folder = resources().resolve(name);
    return new ReferenceCase(
        folder.resolve("model.onnx"),
        new ObjectMapper().readTree(folder.resolve("case.json").toFile()));
  }

  static Path resources() {
    try {
      return Path.of(ReferenceCase.class.getResource("/weights").toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Runs a graph on the inputs of this case; the largest error relative to the largest value. */
  double relativeError(Path graph) throws OrtException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    Map<String, OnnxTensor> inputs = new HashMap<>();
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions();
        OrtSession session = environment.createSession(graph.toString(), options)) {
      for (String name : session.getInputNames()) {
        inputs.put(name, tensor(environment, values.get("inputs").get(name)));
      }
      try (OrtSession.Result result = session.run(inputs)) {
        double worst = 0;
        for (Map.Entry<String, OnnxValue> output : result) {
          float[] actual = new float[elements((OnnxTensor) output.getValue())];
          ((OnnxTensor) output.getValue()).getFloatBuffer().get(actual);
          float[] expected = floats(values.get("outputs").get(output.getKey()).get("values"));
          worst = Math.max(worst, relativeError(actual, expected));
        }
        return worst;
      }
    } finally {
      inputs.values().forEach(OnnxTensor::close);
    }
  }

  private static int elements(OnnxTensor tensor) {
    return (int) tensor.getInfo().getNumElements();
  }

  private static double relativeError(float[] actual, float[] expected) {
    if (actual.length != expected.length) {
      throw new AssertionError(actual.length + " values instead of " + expected.length);
    }
    double scale = 0;
    double error = 0;
    for (int i = 0; i < expected.length; i++) {
      scale = Math.max(scale, Math.abs(expected[i]));
      error = Math.max(error, Math.abs((double) actual[i] - expected[i]));
      if (Float.isNaN(actual[i])) {
        return Double.NaN;
      }
    }
    return error / scale;
  }

  private static OnnxTensor tensor(OrtEnvironment environment, JsonNode tensor)
      throws OrtException {
    JsonNode values = tensor.get("values");
    long[] shape =
        StreamSupport.stream(tensor.get("shape").spliterator(), false)
            .mapToLong(JsonNode::asLong)
            .toArray();
    return switch (tensor.get("type").asText()) {
      case "float32" ->
          OnnxTensor.createTensor(environment, FloatBuffer.wrap(floats(values)), shape);
      case "int64" -> {
        LongBuffer longs = LongBuffer.allocate(values.size());
        values.forEach(value -> longs.put(value.asLong()));
        yield OnnxTensor.createTensor(environment, longs.flip(), shape);
      }
      case "bool" -> {
        ByteBuffer bytes = ByteBuffer.allocateDirect(values.size());
        values.forEach(value -> bytes.put((byte) (value.asBoolean() ? 1 : 0)));
        yield OnnxTensor.createTensor(
            environment, bytes.flip(), shape, ai.onnxruntime.OnnxJavaType.BOOL);
      }
      default -> throw new AssertionError(tensor.get("type"));
    };
  }

  private static float[] floats(JsonNode values) {
    float[] floats = new float[values.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values.get(i).asDouble();
    }
    return floats;
  }
}
