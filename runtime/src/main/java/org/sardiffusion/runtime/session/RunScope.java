package org.sardiffusion.runtime.session;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.RunOptions;
import org.sardiffusion.core.run.Cancellation;

/** One run of a graph, which a cancellation makes ONNX Runtime leave at its next node. */
final class RunScope implements AutoCloseable {
  private final RunOptions options;
  private final Cancellation.Hook hook;

  RunScope(Cancellation cancellation) throws OrtException {
    options = new RunOptions();
    hook = cancellation.onCancel(this::terminate);
  }

  RunOptions options() {
    return options;
  }

  private void terminate() {
    try {
      options.setTerminate(true);
    } catch (OrtException e) {
      // The cancellation still stops the work, at the end of the running graph.
    }
  }

  @Override
  public void close() {
    hook.close();
    options.close();
  }
}
