package org.sardiffusion.pipelines.batch;

import java.nio.file.Path;
import java.time.Duration;
import org.sardiffusion.geo.files.ImageFormat;
import org.sardiffusion.geo.files.WriteOptions;
import org.sardiffusion.pipelines.plan.PlannedImage;

/**
 * Where a batch goes, and how.
 *
 * @param folder of the dataset: new, empty, or of the same batch
 * @param format of the images
 * @param options how images are stored
 * @param shard the part of the plan to make
 * @param start what the folder must be
 * @param patience how long to wait for space on a full disk before giving up
 */
public record BatchOutput(
    Path folder,
    ImageFormat format,
    WriteOptions options,
    Share shard,
    Start start,
    Duration patience) {
  /** What is expected of the folder. */
  public enum Start {
    /** To be new, or to hold a part of this batch. */
    NEW_OR_CONTINUED,
    /** To hold a part of this batch. */
    CONTINUED,
    /** To hold a part of this batch, or of one that this one has all images of, and more. */
    EXTENDED
  }

  private static final Duration PATIENCE = Duration.ofMinutes(10);

  /** The whole plan into {@code folder}, begun or continued. */
  public static BatchOutput to(Path folder, ImageFormat format) {
    return new BatchOutput(
        folder, format, WriteOptions.defaults(), Shard.ALL, Start.NEW_OR_CONTINUED, PATIENCE);
  }

  public BatchOutput with(WriteOptions other) {
    return new BatchOutput(folder, format, other, shard, start, patience);
  }

  public BatchOutput with(Share other) {
    return new BatchOutput(folder, format, options, other, start, patience);
  }

  public BatchOutput with(Start other) {
    return new BatchOutput(folder, format, options, shard, other, patience);
  }

  public BatchOutput with(Duration other) {
    return new BatchOutput(folder, format, options, shard, start, other);
  }

  /** The images' ending, with the dot. */
  String ending() {
    return switch (format) {
      case GEOTIFF -> ".tif";
      case PNG -> ".png";
      case NPY -> ".npy";
    };
  }

  /** The file of an image, from {@link #folder}. */
  String file(PlannedImage image) {
    return image.root() + "/" + image.name() + ending();
  }
}
