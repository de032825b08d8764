package org.sardiffusion.training.dataset;

import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;

/** Writes captions of images, such as a vision-language model does. */
public interface Captioner {
  /**
   * What is to be captioned.
   *
   * @param name of the patch
   * @param image a file: the patch itself, or an optical image of the same place
   * @param part of the image that shows the patch, as fractions of its width and height
   */
  record Job(String name, Path image, Box part) {}

  /**
   * Captions all jobs that are not done yet.
   *
   * @param jobs by the name of the patch
   * @param done a file of JSON lines that grows by one line for each caption: a job whose name is
   *     there already is not done again
   * @param output receives lines to show
   * @return the captions by the name of the patch; those that could not be written are missing
   * @throws org.sardiffusion.training.TrainingBridgeException if the captioner fails
   */
  Map<String, String> caption(Map<String, Job> jobs, Path done, Consumer<String> output);

  /** What to name in the record of the training set. */
  String description();

  /** The image that shows a patch, and the part of it: the patch itself unless there is another. */
  Job job(Subject subject);

  /**
   * A patch, and where it comes from.
   *
   * @param name of the patch
   * @param file of the patch
   * @param source the file that it was cut from
   * @param part of the source that it shows, as fractions of its width and height
   */
  record Subject(String name, Path file, Path source, Box part) {}
}
