package org.sardiffusion.runtime.diffusion;

import org.sardiffusion.runtime.session.GraphPool;
import org.sardiffusion.runtime.session.SessionSettings;
import org.sardiffusion.runtime.weights.adapters.Adapters;

/**
 * How an engine is set up: on what it runs, and what is added to its model.
 *
 * @param sessions device and threads
 * @param memory how much may be in memory at once
 * @param adapters LoRAs and embeddings to merge into the model as it is loaded
 * @param first which of the UNet's graphs to load beforehand
 */
public record EngineSettings(
    SessionSettings sessions, Memory memory, Adapters adapters, Network first) {

  /**
   * The UNet's two graphs. Whichever a request needs is loaded, and the other one released: this
   * only says which is needed first.
   */
  public enum Network {
    /** The UNet alone. */
    PLAIN,
    /** The UNet with its ControlNets. */
    CONTROLLED
  }

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

  /** An engine for a model as it is. */
  public EngineSettings(SessionSettings sessions, Memory memory) {
    this(sessions, memory, Adapters.NONE, Network.PLAIN);
  }

  /** The same with adapters. */
  public EngineSettings with(Adapters adapters) {
    return new EngineSettings(sessions, memory, adapters, first);
  }

  /** The same, with another graph first. */
  public EngineSettings with(Network first) {
    return new EngineSettings(sessions, memory, adapters, first);
  }

  /** The processor, all of its cores, and as much memory as serves. */
  public static EngineSettings cpu() {
    return new EngineSettings(SessionSettings.cpu(), Memory.AUTOMATIC);
  }

  GraphPool.Residency residency(boolean fits) {
    return memory == Memory.LOW || !fits ? GraphPool.Residency.RELEASE : GraphPool.Residency.KEEP;
  }
}
