package org.sardiffusion.runtime.diffusion;

import java.util.Optional;
import org.sardiffusion.core.Remedy;
import org.sardiffusion.core.raster.Size;

/**
 * What to generate: what decides on the images.
 *
 * @param prompt what they show
 * @param size of each, in pixels
 * @param sampling how they are drawn from the model
 * @param init what the process starts from
 * @param control what the model's ControlNets follow; empty generates without them
 */
public record GenerationRequest(
    Prompt prompt, Size size, Sampling sampling, Init init, Optional<Control> control) {
  /**
   * @throws GenerationException if an image to start from or to follow is of another size
   */
  public GenerationRequest {
    if (init instanceof Init.Image from) {
      requireSize("The init image", from.image().size(), size);
    }
    control.ifPresent(
        c -> c.signals().forEach(s -> requireSize("A control image", s.image().size(), size)));
  }

  private static void requireSize(String what, Size found, Size wanted) {
    if (!found.equals(wanted)) {
      throw new GenerationException(
          what
              + " is of "
              + found
              + " pixels, but the image to make of "
              + wanted
              + ": resample the one, or make the other of its size.",
          Remedy.set("width", found.width()),
          Remedy.set("height", found.height()));
    }
  }

  /** From noise alone, without control. */
  public static GenerationRequest of(String prompt, Size size, Sampling sampling) {
    return new GenerationRequest(
        new Prompt(prompt), size, sampling, new Init.Noise(), Optional.empty());
  }

  /** The same of another sampling. */
  public GenerationRequest with(Sampling other) {
    return new GenerationRequest(prompt, size, other, init, control);
  }

  /** The same from another init. */
  public GenerationRequest with(Init other) {
    return new GenerationRequest(prompt, size, sampling, other, control);
  }

  /** The same with ControlNets. */
  public GenerationRequest with(Control other) {
    return new GenerationRequest(prompt, size, sampling, init, Optional.of(other));
  }

  /** The request for image {@code index} alone. */
  public GenerationRequest forImage(int index) {
    return with(sampling.forImage(index));
  }

  /**
   * Equal for requests whose images can be made in one batch; empty for what is made alone: several
   * images, and those that start from or follow others.
   */
  public Optional<BatchKey> batchKey() {
    return sampling.count() == 1 && init instanceof Init.Noise && control.isEmpty()
        ? Optional.of(
            new BatchKey(
                size, sampling.steps(), sampling.sampler(), sampling.eta(), sampling.guidance()))
        : Optional.empty();
  }
}
