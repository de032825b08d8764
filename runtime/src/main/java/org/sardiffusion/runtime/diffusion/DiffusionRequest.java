package org.sardiffusion.runtime.diffusion;

import java.util.Optional;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.runtime.schedule.SamplerChoice;
import org.sardiffusion.runtime.schedule.StepPlan;
import org.sardiffusion.runtime.tiling.TileLayout;

/**
 * What to generate. Made with {@link #builder}; what is not set is what diffusers' SDXL pipeline
 * takes.
 *
 * @param prompt what the image shows; may be empty
 * @param negativePrompt what it is guided away from; empty means none, which is not the same as an
 *     empty text
 * @param seed seed of the first image; image k has seed + k
 * @param count number of images, at least 1
 * @param size in pixels
 * @param steps how many steps, or which
 * @param sampler the bundle's own, or one by its name
 * @param eta DDIM's share of fresh noise, from 0 to 1
 * @param guidance classifier-free guidance
 * @param conditioning micro-conditioning of the prompt
 * @param negativeConditioning micro-conditioning of the negative prompt; empty means that of the
 *     prompt
 * @param init what the process starts from
 * @param control what the model's ControlNets follow; empty generates without them
 * @param clipSkip layers of the text encoders to skip beyond the usual one, from 0
 * @param batch images to make at once, at least 1; changes speed and memory, not the images
 * @param decodeTile side of a decoder tile, in latent pixels, at least 1; larger images are encoded
 *     and decoded in tiles
 * @param cover the tiles in which the noise is predicted; empty predicts that of the whole image at
 *     once
 */
public record DiffusionRequest(
    String prompt,
    Optional<String> negativePrompt,
    long seed,
    int count,
    Size size,
    StepPlan steps,
    SamplerChoice sampler,
    double eta,
    Guidance guidance,
    MicroConditioning conditioning,
    Optional<MicroConditioning> negativeConditioning,
    Init init,
    Optional<Control> control,
    int clipSkip,
    int batch,
    int decodeTile,
    Optional<TileLayout> cover) {

  /**
   * Images of up to this many latent pixels a side (with a margin on each side) are decoded whole:
   * the decoder's attention needs memory with the fourth power of the side.
   */
  public static final int DECODE_TILE = 128;

  public DiffusionRequest {
    atLeast("The number of images", count, 1);
    atLeast("The batch", batch, 1);
    atLeast("The clip skip", clipSkip, 0);
    atLeast("The decoder tile", decodeTile, 1);
    if (steps instanceof StepPlan.Steps number) {
      atLeast("The number of steps", number.count(), 1);
    }
    if (!(eta >= 0 && eta <= 1)) {
      throw new GenerationException("Eta must lie between 0 and 1, but is " + eta + ".");
    }
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
              + ": resample the one, or ask for the other with --width and --height.");
    }
  }

  private static void atLeast(String what, int value, int least) {
    if (value < least) {
      throw new GenerationException(
          what + " must be at least " + least + ", but is " + value + ".");
    }
  }

  /** The request for image {@code index} alone. */
  public DiffusionRequest forImage(int index) {
    return new DiffusionRequest(
        prompt,
        negativePrompt,
        seed + index,
        1,
        size,
        steps,
        sampler,
        eta,
        guidance,
        conditioning,
        negativeConditioning,
        init,
        control,
        clipSkip,
        batch,
        decodeTile,
        cover);
  }

  /** The same request with another prompt. */
  public DiffusionRequest withPrompt(String newPrompt) {
    return new DiffusionRequest(
        newPrompt,
        negativePrompt,
        seed,
        count,
        size,
        steps,
        sampler,
        eta,
        guidance,
        conditioning,
        negativeConditioning,
        init,
        control,
        clipSkip,
        batch,
        decodeTile,
        cover);
  }

  /** The same request from another init. */
  public DiffusionRequest with(Init newInit) {
    return copy(newInit, control, cover);
  }

  /** The same request with ControlNets. */
  public DiffusionRequest with(Control newControl) {
    return copy(init, Optional.of(newControl), cover);
  }

  /** The same request, with the noise predicted in tiles. */
  public DiffusionRequest with(TileLayout newCover) {
    return copy(init, control, Optional.of(newCover));
  }

  /**
   * The same request for an image of another size.
   *
   * @throws GenerationException if images of this size were given
   */
  public DiffusionRequest with(Size newSize) {
    return new DiffusionRequest(
        prompt,
        negativePrompt,
        seed,
        count,
        newSize,
        steps,
        sampler,
        eta,
        guidance,
        conditioning,
        negativeConditioning,
        init,
        control,
        clipSkip,
        batch,
        decodeTile,
        cover);
  }

  private DiffusionRequest copy(
      Init newInit, Optional<Control> newControl, Optional<TileLayout> newCover) {
    return new DiffusionRequest(
        prompt,
        negativePrompt,
        seed,
        count,
        size,
        steps,
        sampler,
        eta,
        guidance,
        conditioning,
        negativeConditioning,
        newInit,
        newControl,
        clipSkip,
        batch,
        decodeTile,
        newCover);
  }

  /**
   * Starts a request for one image of {@code size} from {@code prompt}, of seed 0 in 50 steps of
   * guidance 5.
   */
  public static Builder builder(String prompt, Size size) {
    return new Builder(prompt, size);
  }

  /** Collects a request. */
  public static final class Builder {
    private final String prompt;
    private final Size size;
    private Optional<String> negativePrompt = Optional.empty();
    private long seed;
    private int count = 1;
    private StepPlan steps = new StepPlan.Steps(50);
    private SamplerChoice sampler = new SamplerChoice.BundleDefault();
    private double eta;
    private Guidance guidance = Guidance.of(5.0);
    private MicroConditioning conditioning = MicroConditioning.standard();
    private Optional<MicroConditioning> negativeConditioning = Optional.empty();
    private Init init = new Init.Noise();
    private Optional<Control> control = Optional.empty();
    private int clipSkip;
    private int batch = 1;
    private int decodeTile = DECODE_TILE;
    private Optional<TileLayout> cover = Optional.empty();

    private Builder(String prompt, Size size) {
      this.prompt = prompt;
      this.size = size;
    }

    public Builder negativePrompt(String value) {
      negativePrompt = Optional.of(value);
      return this;
    }

    public Builder seed(long value) {
      seed = value;
      return this;
    }

    public Builder count(int value) {
      count = value;
      return this;
    }

    public Builder steps(int value) {
      return steps(new StepPlan.Steps(value));
    }

    public Builder steps(StepPlan value) {
      steps = value;
      return this;
    }

    public Builder sampler(SamplerChoice value) {
      sampler = value;
      return this;
    }

    public Builder eta(double value) {
      eta = value;
      return this;
    }

    public Builder guidance(Guidance value) {
      guidance = value;
      return this;
    }

    public Builder conditioning(MicroConditioning value) {
      conditioning = value;
      return this;
    }

    public Builder negativeConditioning(MicroConditioning value) {
      negativeConditioning = Optional.of(value);
      return this;
    }

    public Builder init(Init value) {
      init = value;
      return this;
    }

    public Builder control(Control value) {
      control = Optional.of(value);
      return this;
    }

    public Builder clipSkip(int value) {
      clipSkip = value;
      return this;
    }

    public Builder batch(int value) {
      batch = value;
      return this;
    }

    public Builder decodeTile(int value) {
      decodeTile = value;
      return this;
    }

    public Builder cover(TileLayout value) {
      cover = Optional.of(value);
      return this;
    }

    /**
     * Completes the request.
     *
     * @throws GenerationException if a value is out of its range
     */
    public DiffusionRequest build() {
      return new DiffusionRequest(
          prompt,
          negativePrompt,
          seed,
          count,
          size,
          steps,
          sampler,
          eta,
          guidance,
          conditioning,
          negativeConditioning,
          init,
          control,
          clipSkip,
          batch,
          decodeTile,
          cover);
    }
  }
}
