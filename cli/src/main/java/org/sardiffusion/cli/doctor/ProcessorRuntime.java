package org.sardiffusion.cli.doctor;

import java.util.List;
import org.sardiffusion.core.SarDiffusionException;
import org.sardiffusion.runtime.session.Device;
import org.sardiffusion.runtime.session.OnnxRuntime;

/** ONNX Runtime on the processor, which every generation can fall back on. */
final class ProcessorRuntime implements Examination {
  @Override
  public List<Finding> findings() {
    long start = System.nanoTime();
    try {
      String found =
          "%s with %s".formatted(OnnxRuntime.version(), String.join(", ", OnnxRuntime.providers()));
      OnnxRuntime.probe(new Device.Cpu());
      return List.of(
          Finding.ok("ONNX Runtime", found + "; ran a graph in " + Elapsed.since(start)));
    } catch (SarDiffusionException e) {
      return List.of(Finding.problem("ONNX Runtime", e.getMessage()));
    }
  }
}
