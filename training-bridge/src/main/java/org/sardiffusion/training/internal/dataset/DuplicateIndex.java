package org.sardiffusion.training.internal.dataset;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.sardiffusion.training.dataset.DropReason;

/** The patches kept so far, to find those that come again. */
public final class DuplicateIndex {
  /**
   * An earlier patch that shows the same.
   *
   * @param reason exact or near
   * @param name of the earlier patch
   * @param distance bits in which the hashes differ
   */
  public record Match(DropReason reason, String name, int distance) {}

  private final int largestDistance;
  private final Map<String, String> names = new HashMap<>();
  private String[] order = new String[64];
  private long[] hashes = new long[64 * PerceptualHash.WORDS];
  private int count;

  /**
   * @param largestDistance bits in which near-duplicates may differ; -1 finds exact ones only
   */
  public DuplicateIndex(int largestDistance) {
    this.largestDistance = largestDistance;
  }

  /** The patch that this one repeats, if any: an exact copy, else the nearest. */
  public Optional<Match> find(String sha256, PerceptualHash hash) {
    String same = names.get(sha256);
    if (same != null) {
      return Optional.of(new Match(DropReason.DUPLICATE, same, 0));
    }
    int best = largestDistance + 1;
    int at = -1;
    // A linear search over packed longs: 100,000 patches compare with each other in a minute.
    for (int i = 0; i < count; i++) {
      int distance = distance(i, hash);
      if (distance < best) {
        best = distance;
        at = i;
      }
    }
    return at < 0
        ? Optional.empty()
        : Optional.of(new Match(DropReason.NEAR_DUPLICATE, order[at], best));
  }

  private int distance(int patch, PerceptualHash hash) {
    int distance = 0;
    for (int w = 0; w < PerceptualHash.WORDS; w++) {
      distance += Long.bitCount(hashes[patch * PerceptualHash.WORDS + w] ^ hash.words()[w]);
    }
    return distance;
  }

  public void add(String name, String sha256, PerceptualHash hash) {
    if (count == order.length) {
      hashes = Arrays.copyOf(hashes, 2 * hashes.length);
      order = Arrays.copyOf(order, 2 * count);
    }
    System.arraycopy(hash.words(), 0, hashes, count * PerceptualHash.WORDS, PerceptualHash.WORDS);
    order[count++] = name;
    names.put(sha256, name);
  }
}
