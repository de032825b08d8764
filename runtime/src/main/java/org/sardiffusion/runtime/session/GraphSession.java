package org.sardiffusion.runtime.session;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.TensorInfo;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.sardiffusion.core.Remedy;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.core.run.CancelledException;
import org.sardiffusion.runtime.weights.ElementType;
import org.sardiffusion.runtime.weights.PatchedGraph;

/** One ONNX graph, loaded on a device. */
public final class GraphSession implements AutoCloseable {
  private final Path model;
  private final OrtSession session;
  private final Map<String, NodeInfo> inputs;
  private final Map<String, NodeInfo> outputs;

  /** Tensors that the session reads from memory of ours. */
  private final Map<String, OnnxTensorLike> supplied;

  private GraphSession(Path model, OrtSession session, Map<String, OnnxTensorLike> supplied)
      throws OrtException {
    this.model = model;
    this.session = session;
    this.supplied = supplied;
    this.inputs = session.getInputInfo();
    this.outputs = session.getOutputInfo();
  }

  /**
   * Loads a graph and its external weights.
   *
   * @throws DeviceException if the device is not there, memory runs out, or the file is not a graph
   *     that can run
   */
  public static GraphSession open(Path model, SessionSettings settings) {
    return open(
        model,
        settings,
        (environment, options) -> environment.createSession(model.toString(), options));
  }

  /** Loads a graph that lies in memory. */
  static GraphSession of(byte[] model, SessionSettings settings) {
    return open(
        Path.of("a graph in memory"),
        settings,
        (environment, options) -> environment.createSession(model, options));
  }

  /** One of the ways to make a session. */
  private interface Creation {
    OrtSession create(OrtEnvironment environment, SessionOptions options) throws OrtException;
  }

  private static GraphSession open(Path model, SessionSettings settings, Creation creation) {
    try (LoadOptions options = options(settings)) {
      return load(
          options,
          () ->
              new GraphSession(
                  model,
                  creation.create(NativeRuntime.environment(), options.session()),
                  Map.of()));
    } catch (OrtException e) {
      throw OrtErrors.translate("Loading " + model + " on " + settings.device(), e);
    }
  }

  private static GraphSession load(LoadOptions options, NativeCalls.Call<GraphSession> creation)
      throws OrtException {
    return NativeCalls.run(options::cancel, creation);
  }

  /**
   * Loads a graph that merges adapters into its weights.
   *
   * @throws DeviceException as for {@link #open(Path, SessionSettings)}
   */
  public static GraphSession open(PatchedGraph graph, SessionSettings settings) {
    Map<String, OnnxTensorLike> supplied = new HashMap<>();
    boolean open = false;
    try (LoadOptions options = options(settings)) {
      OrtEnvironment environment = NativeRuntime.environment();
      for (PatchedGraph.Supplied tensor : graph.supplied()) {
        supplied.put(
            tensor.name(),
            OnnxTensor.createTensor(
                environment,
                tensor.bytes(),
                tensor.dims().stream().mapToLong(Long::longValue).toArray(),
                tensor.type() == ElementType.FLOAT16 ? OnnxJavaType.FLOAT16 : OnnxJavaType.FLOAT));
      }
      if (!supplied.isEmpty()) {
        options.session().addExternalInitializers(supplied);
      }
      // A graph in memory has no folder of its own to look for its weights in.
      options
          .session()
          .addConfigEntry(
              "session.model_external_initializers_file_folder_path",
              graph.file().toAbsolutePath().getParent().toString());
      GraphSession session =
          load(
              options,
              () ->
                  new GraphSession(
                      graph.file(),
                      environment.createSession(graph.model(), options.session()),
                      supplied));
      open = true;
      return session;
    } catch (OrtException e) {
      throw OrtErrors.translate(
          "Loading " + graph.file() + " with its adapters on " + settings.device(), e);
    } finally {
      if (!open) {
        supplied.values().forEach(OnnxTensorLike::close);
      }
    }
  }

  private static LoadOptions options(SessionSettings settings) throws OrtException {
    // Options load the native library too, so the environment has to come first.
    NativeRuntime.environment();
    LoadOptions load = new LoadOptions();
    SessionOptions options = load.session();
    try {
      options.setOptimizationLevel(SessionOptions.OptLevel.ALL_OPT);
      // What a session logs as an error it also throws; said once is enough.
      options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
      if (settings.threads().isPresent()) {
        options.setIntraOpNumThreads(settings.threads().getAsInt());
      }
      if (settings.device() instanceof Device.Cuda cuda) {
        addCuda(options, cuda);
      } else {
        // A planned layout of all activations saves no time on a processor, but is allocated beside
        // the arena of the first run, which planned it: nearly twice the memory.
        options.setMemoryPatternOptimization(false);
      }
      return load;
    } catch (OrtException | RuntimeException e) {
      load.close();
      throw e;
    }
  }

  private static void addCuda(SessionOptions options, Device.Cuda cuda) throws OrtException {
    if (!OrtEnvironment.getAvailableProviders().contains(OrtProvider.CUDA)) {
      throw new DeviceException(
          "This build of sar-diffusion holds ONNX Runtime for the CPU only, so it can't use "
              + cuda
              + ". Build it with CUDA (./mvnw -Pcuda -DskipTests package), or use the CPU.",
          Remedy.set("device", "cpu"));
    }
    try (OrtCUDAProviderOptions provider = new OrtCUDAProviderOptions(cuda.index())) {
      // The heuristic search picks the same convolution algorithms at once; the exhaustive one,
      // ONNX Runtime's
      // default, times every algorithm at every new image size, and needs the workspace of the
      // hungriest.
      provider.add("cudnn_conv_algo_search", "HEURISTIC");
      provider.add("cudnn_conv_use_max_workspace", "1");
      // Doubling arenas would take up to twice what the largest graph needs.
      provider.add("arena_extend_strategy", "kSameAsRequested");
      provider.add("do_copy_in_default_stream", "1");
      if (cuda.memoryLimitBytes().isPresent()) {
        provider.add("gpu_mem_limit", Long.toString(cuda.memoryLimitBytes().getAsLong()));
      }
      options.addCUDA(provider);
    } catch (OrtException e) {
      throw OrtErrors.translate("The CUDA provider (" + cuda + ")", e);
    }
  }

  public Path model() {
    return model;
  }

  public boolean hasInput(String name) {
    return inputs.containsKey(name);
  }

  public Set<String> inputNames() {
    return inputs.keySet();
  }

  public Set<String> outputNames() {
    return outputs.keySet();
  }

  /**
   * The dimensions of an input as the graph declares them; -1 where they are dynamic.
   *
   * @throws DeviceException if the graph has no such input
   */
  public long[] inputShape(String name) {
    return info(inputs, name, "input").getShape();
  }

  /** The dimensions of an output as the graph declares them; -1 where they are dynamic. */
  public long[] outputShape(String name) {
    return info(outputs, name, "output").getShape();
  }

  /** A tensor to feed the input {@code name} with, of the graph's own element type. */
  public HostTensor newInput(String name, long... shape) {
    return new HostTensor(name, info(inputs, name, "input").type, shape);
  }

  /** A tensor that receives the output {@code name}, of the graph's own element type. */
  public HostTensor newOutput(String name, long... shape) {
    return new HostTensor(name, info(outputs, name, "output").type, shape);
  }

  private TensorInfo info(Map<String, NodeInfo> nodes, String name, String kind) {
    NodeInfo node = nodes.get(name);
    if (node == null || !(node.getInfo() instanceof TensorInfo tensor)) {
      throw new DeviceException(
          model
              + " has no tensor "
              + kind
              + " \""
              + name
              + "\" (it has "
              + String.join(", ", nodes.keySet())
              + "). Export the model again with sar-diffusion export or optimum-onnx.");
    }
    return tensor;
  }

  /** Fixes inputs and outputs for many runs, so that a run itself allocates nothing. */
  public Binding bind(Map<String, HostTensor> inputs, Map<String, HostTensor> outputs) {
    return new Binding(inputs, outputs);
  }

  /**
   * Runs the graph once, for outputs whose size the graph does not declare.
   *
   * @return the wanted outputs as floats, C order, by name
   * @throws DeviceException as {@link Binding#run}, or if the graph has no such output
   */
  public Map<String, float[]> run(
      Map<String, HostTensor> inputs, Set<String> wanted, Cancellation cancellation) {
    wanted.forEach(name -> info(outputs, name, "output"));
    cancellation.check();
    Map<String, OnnxTensor> in = new HashMap<>();
    inputs.forEach((name, tensor) -> in.put(name, tensor.tensor()));
    try (RunScope scope = new RunScope(cancellation);
        OrtSession.Result result =
            NativeCalls.run(cancellation::cancel, () -> session.run(in, wanted, scope.options()))) {
      Map<String, float[]> values = new HashMap<>();
      for (String name : wanted) {
        OnnxTensor tensor = (OnnxTensor) result.get(name).orElseThrow();
        // Half precision is widened on the way.
        FloatBuffer buffer = tensor.getFloatBuffer();
        float[] copy = new float[buffer.remaining()];
        buffer.get(copy);
        values.put(name, copy);
      }
      return values;
    } catch (OrtException e) {
      cancellation.check();
      throw OrtErrors.translate("Running " + model, e);
    }
  }

  /** A set of inputs and outputs; each {@link #run} reads the ones and overwrites the others. */
  public final class Binding {
    private final Map<String, OnnxTensor> in = new HashMap<>();
    private final Map<String, OnnxValue> out = new HashMap<>();

    private Binding(Map<String, HostTensor> inputs, Map<String, HostTensor> outputs) {
      inputs.forEach((name, tensor) -> in.put(name, tensor.tensor()));
      outputs.forEach((name, tensor) -> out.put(name, tensor.tensor()));
    }

    /**
     * Runs the graph.
     *
     * @throws CancelledException if {@code cancellation} was used before or during the run
     * @throws DeviceException if memory runs out or the graph fails
     */
    public void run(Cancellation cancellation) {
      cancellation.check();
      try (RunScope scope = new RunScope(cancellation)) {
        NativeCalls.run(cancellation::cancel, () -> session.run(in, Set.of(), out, scope.options()))
            .close();
      } catch (OrtException e) {
        cancellation.check();
        throw OrtErrors.translate("Running " + model, e);
      }
    }
  }

  @Override
  public void close() {
    try {
      NativeCalls.run(
          () -> {},
          () -> {
            session.close();
            return session;
          });
    } catch (CancelledException e) {
      // The process is ending, and frees all memory.
    } catch (OrtException e) {
      throw OrtErrors.translate("Closing " + model, e);
    } finally {
      supplied.values().forEach(OnnxTensorLike::close);
    }
  }
}
