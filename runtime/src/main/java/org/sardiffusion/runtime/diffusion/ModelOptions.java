package org.sardiffusion.runtime.diffusion;

import java.util.OptionalInt;
import org.sardiffusion.runtime.session.Device;
import org.sardiffusion.runtime.session.GraphPool;
import org.sardiffusion.runtime.session.SessionSettings;
import org.sardiffusion.runtime.weights.adapters.Adapters;

/**
 * How a model is opened: on what it runs, and what is added to it.
 *
 * @param device what runs it
 * @param threads threads of the processor for each run; empty takes one for each core
 * @param memory how much may be in memory at once
 * @param adapters LoRAs and embeddings to merge into the model as it is loaded
 * @param runs how many runs are to be made side by side, at least 1
 */
public record ModelOptions(
    Device device, OptionalInt threads, Memory memory, Adapters adapters, int runs) {

  /** How much of the model may be in memory at once. */
  public enum Memory {
    /** Every part stays loaded where the machine's memory allows, else as {@link #LOW}. */
    AUTOMATIC,
    /**
     * Text encoders, UNet and VAE are never in memory together, and a guided step is two calls
     * instead of one.
     */
    LOW
  }

  /**
   * @throws GenerationException if there is to be no run
   */
  public ModelOptions {
    if (runs < 1) {
      throw new GenerationException("At least 1 run is made at a time, not " + runs + ".");
    }
  }

  /** A model as it is, with as much memory as serves, for one run at a time. */
  public static ModelOptions of(SessionSettings sessions) {
    return new ModelOptions(
        sessions.device(), sessions.threads(), Memory.AUTOMATIC, Adapters.NONE, 1);
  }

  /** Likewise on the processor, all of its cores. */
  public static ModelOptions cpu() {
    return of(SessionSettings.cpu());
  }

  /** The same with more or less in memory. */
  public ModelOptions with(Memory other) {
    return new ModelOptions(device, threads, other, adapters, runs);
  }

  /** The same with adapters. */
  public ModelOptions with(Adapters other) {
    return new ModelOptions(device, threads, memory, other, runs);
  }

  /** The same for so many runs side by side, each on one thread. */
  public ModelOptions sideBySide(int more) {
    return new ModelOptions(device, OptionalInt.of(1), memory, adapters, more);
  }

  /** What other graphs on the same device are opened with. */
  public SessionSettings sessions() {
    return new SessionSettings(device, threads);
  }

  GraphPool.Residency residency(boolean fits) {
    return memory == Memory.LOW || !fits ? GraphPool.Residency.RELEASE : GraphPool.Residency.KEEP;
  }
}
