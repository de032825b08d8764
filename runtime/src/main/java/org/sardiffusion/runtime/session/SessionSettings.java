package org.sardiffusion.runtime.session;

import java.util.OptionalInt;

/**
 * How sessions are made.
 *
 * @param device what runs the graphs
 * @param threads threads inside an operator, at least 1; empty leaves it to ONNX Runtime (one for
 *     each physical core)
 */
public record SessionSettings(Device device, OptionalInt threads) {
  public SessionSettings {
    if (threads.isPresent() && threads.getAsInt() < 1) {
      throw new DeviceException(
          "The number of threads must be at least 1, but is " + threads.getAsInt() + ".");
    }
  }

  /** The processor, with as many threads as ONNX Runtime chooses. */
  public static SessionSettings cpu() {
    return new SessionSettings(new Device.Cpu(), OptionalInt.empty());
  }
}
