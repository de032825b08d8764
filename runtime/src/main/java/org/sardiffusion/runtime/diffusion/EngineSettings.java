package org.sardiffusion.runtime.diffusion;

import org.sardiffusion.runtime.session.GraphPool;
import org.sardiffusion.runtime.session.SessionSettings;

/**
 * How an engine uses its machine.
 *
 * @param sessions device and threads
 * @param memory how much may be in memory at once
 */
public record EngineSettings(SessionSettings sessions, Memory memory) {

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

  /** The processor, all of its cores, and as much memory as serves. */
  public static EngineSettings cpu() {
    return new EngineSettings(SessionSettings.cpu(), Memory.AUTOMATIC);
  }

  GraphPool.Residency residency(boolean fits) {
    return memory == Memory.LOW || !fits ? GraphPool.Residency.RELEASE : GraphPool.Residency.KEEP;
  }
}
