package org.sardiffusion.runtime.diffusion;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.runtime.schedule.LatentShape;
import org.sardiffusion.runtime.session.GraphSession;

/**
 * The guided UNet: one prediction from two, by one call on a batch of both or, where memory is
 * short, by two calls.
 */
final class Denoiser implements AutoCloseable {
  private final GraphSession session;
  private final Latents latents;
  private final List<Conditioning> positive;
  private final Optional<List<Conditioning>> negative;
  private final Guidance guidance;
  private final Optional<ControlScales> control;
  private final Settings settings;
  private final float[] unconditional;

  /** Made when first needed: most runs need only one of them. */
  private final Map<Branch, UNetCall> calls = new EnumMap<>(Branch.class);

  private long nanoseconds;

  /** How the two predictions of a guided step are made. */
  enum Calls {
    ONE,
    TWO
  }

  /** What one call of the UNet predicts. */
  private enum Branch {
    PROMPT,
    NEGATIVE,
    BOTH
  }

  /**
   * @param latents what is denoised: a whole image, or a tile of it
   */
  Denoiser(
      GraphSession session, Latents latents, GuidanceInputs guidanceInputs, Settings settings) {
    this.session = session;
    this.latents = latents;
    this.settings = settings;
    this.positive = guidanceInputs.positive();
    this.negative = guidanceInputs.negative();
    this.guidance = guidanceInputs.guidance();
    this.control = guidanceInputs.control();
    this.unconditional = new float[negative.isPresent() ? latents.shape().length() : 0];
  }

  /**
   * What all denoisers of a run have in common.
   *
   * @param guidanceEmbedding for distilled UNets, else empty
   */
  record Settings(float[] guidanceEmbedding, Calls calls, Cancellation cancellation) {}

  /** The shape of latents, and the size of their image in pixels. */
  record Latents(LatentShape shape, Size size) {}

  /**
   * Where a run is steered.
   *
   * @param positive one for each image
   * @param negative likewise; empty when nothing is guided
   * @param control empty when the session's graph has no ControlNets
   */
  record GuidanceInputs(
      List<Conditioning> positive,
      Optional<List<Conditioning>> negative,
      Guidance guidance,
      Optional<ControlScales> control) {

    /**
     * Steers the images of all of {@code parts}, which are guided and controlled alike, one after
     * the other.
     */
    static GuidanceInputs together(List<GuidanceInputs> parts) {
      List<Conditioning> positive = parts.stream().flatMap(p -> p.positive().stream()).toList();
      List<Conditioning> negative =
          parts.stream().flatMap(p -> p.negative().stream()).flatMap(List::stream).toList();
      return new GuidanceInputs(
          positive,
          negative.isEmpty() ? Optional.empty() : Optional.of(negative),
          parts.get(0).guidance(),
          parts.get(0).control());
    }
  }

  /**
   * Predicts for one call.
   *
   * @param seen what the ControlNets see, of the size of what is denoised
   * @param scaled the scaled latents; read only
   * @param prediction receives the guided prediction
   */
  void predict(ModelCall at, ControlView seen, float[] scaled, float[] prediction) {
    if (negative.isEmpty() || !guidance.activeAt(at.index(), at.count())) {
      call(unet(Branch.PROMPT), at, seen, scaled).getPrediction(0, prediction);
      return;
    }
    if (settings.calls() == Calls.ONE) {
      UNetCall call = unet(Branch.BOTH);
      call.setSample(1, scaled);
      call(call, at, seen, scaled).getPrediction(0, unconditional);
      call.getPrediction(1, prediction);
    } else {
      call(unet(Branch.NEGATIVE), at, seen, scaled).getPrediction(0, unconditional);
      call(unet(Branch.PROMPT), at, seen, scaled).getPrediction(0, prediction);
    }
    guidance.apply(unconditional, prediction, latents.shape().imageLength());
  }

  private UNetCall call(UNetCall call, ModelCall at, ControlView seen, float[] scaled) {
    call.setSample(0, scaled);
    long start = System.nanoTime();
    call.run(at, seen, settings.cancellation());
    nanoseconds += System.nanoTime() - start;
    return call;
  }

  /** Seconds spent inside the UNet so far. */
  double unetSeconds() {
    return nanoseconds * 1e-9;
  }

  private UNetCall unet(Branch branch) {
    return calls.computeIfAbsent(
        branch,
        d ->
            new UNetCall(
                session, conditionings(d), latents, settings.guidanceEmbedding(), control));
  }

  private List<Conditioning> conditionings(Branch branch) {
    return switch (branch) {
      case PROMPT -> positive;
      case NEGATIVE -> negative.orElseThrow();
      case BOTH -> Stream.of(negative.orElseThrow(), positive).flatMap(List::stream).toList();
    };
  }

  @Override
  public void close() {
    calls.values().forEach(UNetCall::close);
  }
}
