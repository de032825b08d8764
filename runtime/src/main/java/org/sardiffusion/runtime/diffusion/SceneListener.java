package org.sardiffusion.runtime.diffusion;

/** Hears how far a scene is. */
public interface SceneListener {
  /** Hears nothing. */
  SceneListener NONE = new SceneListener() {};

  /** What a scene is made in. */
  enum Stage {
    /** Tiles are predicted, once for each call of the model. */
    DENOISE,
    /** Tiles are decoded and written. */
    DECODE
  }

  /** Something that the user should know. */
  default void warning(String message) {}

  /** A stage begins, perhaps where an earlier run was stopped; called again for each stage. */
  default void stage(Stage stage, long done, long total) {}

  /** A tile is done; of those that no later run has to do again, and this run's. */
  default void tile(Stage stage, long done, long total) {}
}
