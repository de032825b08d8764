package org.sardiffusion.pipelines.batch;

import java.nio.file.Path;
import org.sardiffusion.core.run.Progress;
import org.sardiffusion.pipelines.plan.PlannedImage;
import org.sardiffusion.runtime.diffusion.DiffusionListener;

/** Hears of the progress of a batch, from the threads that generate and those that write. */
public interface BatchListener extends Progress {
  /** Hears nothing. */
  BatchListener NONE = new BatchListener() {};

  /** The folder was looked through, and the work begins. */
  default void started(Start start) {}

  /** A step of the images that are being made was taken. */
  default void step(DiffusionListener.Step step) {}

  /** An image and its line in the journal are on the disk. */
  default void made(PlannedImage image, Path file) {}

  /** An image can't be made; the batch goes on. */
  default void failed(PlannedImage image, String reason) {}

  /** The disk is full: the batch waits for space. */
  default void paused(String reason) {}

  /** There is space again. */
  default void resumed() {}

  /**
   * What was found in the folder.
   *
   * @param planned images of the plan, or of this process's shard
   * @param complete how many of them are there and intact
   * @param damaged how many were there, but are made again as their files are gone or changed
   */
  record Start(int planned, int complete, int damaged) {}
}
