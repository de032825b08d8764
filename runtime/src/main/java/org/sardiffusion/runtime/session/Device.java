package org.sardiffusion.runtime.session;

import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What runs the graphs. */
public sealed interface Device {

  /** The processor, through ONNX Runtime's CPU provider. */
  record Cpu() implements Device {
    @Override
    public String toString() {
      return "cpu";
    }
  }

  /**
   * An NVIDIA GPU, through ONNX Runtime's CUDA provider.
   *
   * @param index which GPU, from 0
   * @param memoryLimitBytes the most that the provider's arena may take; empty means all
   */
  record Cuda(int index, OptionalLong memoryLimitBytes) implements Device {
    @Override
    public String toString() {
      return "cuda:" + index;
    }
  }

  /**
   * Reads {@code cpu}, {@code cuda} or {@code cuda:N}.
   *
   * @throws DeviceException if {@code text} is none of these
   */
  static Device parse(String text) {
    if (text.equals("cpu")) {
      return new Cpu();
    }
    Matcher cuda = Pattern.compile("cuda(?::(\\d{1,3}))?").matcher(text);
    if (!cuda.matches()) {
      throw new DeviceException("Unknown device \"" + text + "\": use cpu, cuda or cuda:N.");
    }
    int index = cuda.group(1) == null ? 0 : Integer.parseInt(cuda.group(1));
    return new Cuda(index, OptionalLong.empty());
  }
}
