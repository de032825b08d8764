package org.sardiffusion.pipelines.plan;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.sardiffusion.core.io.Sha256;

/** Which seed an image gets whose line names none. */
public enum SeedRule {
  /** The plan's seed, counted anew by the images of each line. */
  FIXED,
  /** The plan's seed, counted through the whole plan. */
  COUNTED,
  /**
   * From the prompt and the image's index among those that are asked for in the same way: adding a
   * line to a list changes no other image. Images of one prompt never share a seed.
   */
  HASHED;

  /** Odd, so that its multiples visit every 32-bit number before one comes again (Knuth's). */
  private static final long STRIDE = 2654435761L;

  private static final long MASK = 0xFFFFFFFFL;

  /**
   * The seed of an image.
   *
   * @param base the plan's seed
   * @param at where the image is
   * @return for {@link #HASHED} from 0 to 2^32 - 1: torch's generator takes no more bits
   */
  long seed(long base, Position at) {
    return switch (this) {
      case FIXED -> base + at.inLine();
      case COUNTED -> base + at.inPlan();
      case HASHED -> (base + hash(at.prompt()) + STRIDE * at.amongEqual()) & MASK;
    };
  }

  private static long hash(String prompt) {
    return ByteBuffer.wrap(Sha256.of(prompt.getBytes(StandardCharsets.UTF_8))).getInt() & MASK;
  }

  /**
   * Where an image is.
   *
   * @param prompt what it shows
   * @param inLine its index among the images of one combination of its line, from 0
   * @param inPlan its index in the plan, from 0
   * @param amongEqual its index among the images that are asked for in the same way, from 0
   */
  record Position(String prompt, long inLine, long inPlan, long amongEqual) {}
}
