package org.sardiffusion.runtime.diffusion;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.sardiffusion.runtime.schedule.LatentShape;
import org.sardiffusion.runtime.session.Cancellation;
import org.sardiffusion.runtime.session.GraphSession;

/**
 * The guided UNet: one prediction from two, by one call on a batch of both or, where memory is
 * short, by two calls.
 */
final class Denoiser implements NoisePrediction {
  private final GraphSession session;
  private final Latents latents;
  private final List<Conditioning> positive;
  private final Optional<List<Conditioning>> negative;
  private final Guidance guidance;
  private final Optional<Control> control;
  private final float[] guidanceEmbedding;
  private final float[] unconditional;

  /** Made when first needed: most runs need only one of them. */
  private final Map<Towards, UNetCall> calls = new EnumMap<>(Towards.class);

  private final boolean batched;
  private ControlView seen;
  private long nanoseconds;

  /** How the two predictions of a guided step are made. */
  enum Calls {
    ONE,
    TWO
  }

  /** What one call of the UNet predicts. */
  private enum Towards {
    PROMPT,
    NEGATIVE,
    BOTH
  }

  /**
   * @param latents what is denoised: a whole image, or a tile of it
   * @param guidanceEmbedding for distilled UNets, else empty
   */
  Denoiser(
      GraphSession session,
      Latents latents,
      Steering steering,
      float[] guidanceEmbedding,
      Calls calls) {
    this.session = session;
    this.latents = latents;
    this.seen = new PixelWindow(0, 0, latents.size());
    this.positive = steering.positive();
    this.negative = steering.negative();
    this.guidance = steering.guidance();
    this.control = steering.control();
    this.guidanceEmbedding = guidanceEmbedding;
    this.batched = calls == Calls.ONE;
    this.unconditional = new float[negative.isPresent() ? latents.shape().length() : 0];
  }

  /**
   * What all denoisers of a run have in common.
   *
   * @param guidanceEmbedding for distilled UNets, else empty
   */
  record Settings(float[] guidanceEmbedding, Calls calls) {}

  /** The shape of latents, and the size of their image in pixels. */
  record Latents(LatentShape shape, ImageSize size) {}

  /**
   * Where a run is steered.
   *
   * @param positive one for each image
   * @param negative likewise; empty when nothing is guided
   * @param control empty when the session's graph has no ControlNets
   */
  record Steering(
      List<Conditioning> positive,
      Optional<List<Conditioning>> negative,
      Guidance guidance,
      Optional<Control> control) {

    /**
     * Steers the images of all of {@code parts}, which are guided and controlled alike, one after
     * the other.
     */
    static Steering together(List<Steering> parts) {
      List<Conditioning> positive = parts.stream().flatMap(p -> p.positive().stream()).toList();
      List<Conditioning> negative =
          parts.stream().flatMap(p -> p.negative().stream()).flatMap(List::stream).toList();
      return new Steering(
          positive,
          negative.isEmpty() ? Optional.empty() : Optional.of(negative),
          parts.get(0).guidance(),
          parts.get(0).control());
    }
  }

  /** Turns to what the ControlNets shall see, of the size of what is denoised. */
  void look(ControlView view) {
    seen = view;
  }

  @Override
  public void predict(
      Evaluation at, float[] scaled, float[] prediction, Cancellation cancellation) {
    if (negative.isEmpty() || !guidance.activeAt(at.index(), at.count())) {
      call(unet(Towards.PROMPT), at, scaled, cancellation).getPrediction(0, prediction);
      return;
    }
    if (batched) {
      UNetCall call = unet(Towards.BOTH);
      call.setSample(1, scaled);
      call(call, at, scaled, cancellation).getPrediction(0, unconditional);
      call.getPrediction(1, prediction);
    } else {
      call(unet(Towards.NEGATIVE), at, scaled, cancellation).getPrediction(0, unconditional);
      call(unet(Towards.PROMPT), at, scaled, cancellation).getPrediction(0, prediction);
    }
    guidance.apply(unconditional, prediction, latents.shape().imageLength());
  }

  /** One model evaluation: which of how many, from 0, and its timestep. */
  record Evaluation(int index, int count, double timestep) {}

  private UNetCall call(UNetCall call, Evaluation at, float[] scaled, Cancellation cancellation) {
    call.setSample(0, scaled);
    long start = System.nanoTime();
    call.run(at, seen, cancellation);
    nanoseconds += System.nanoTime() - start;
    return call;
  }

  @Override
  public double unetSeconds() {
    return nanoseconds * 1e-9;
  }

  private UNetCall unet(Towards direction) {
    return calls.computeIfAbsent(
        direction,
        d -> new UNetCall(session, conditionings(d), latents, guidanceEmbedding, control));
  }

  private List<Conditioning> conditionings(Towards direction) {
    return switch (direction) {
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
