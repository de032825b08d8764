package org.sardiffusion.evaluation;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A fair sample of items that arrive one by one (J. S. Vitter, "Random sampling with a reservoir",
 * 1985, algorithm R); the same items in the same order give the same sample.
 */
public final class Reservoir<T> {
  private static final long SEED = 0x5A4D11;

  private final int capacity;
  private final List<T> kept = new ArrayList<>();
  private final SplittableRandom random = new SplittableRandom(SEED);
  private long seen;

  /**
   * @param capacity the most items that are kept
   */
  public Reservoir(int capacity) {
    this.capacity = capacity;
  }

  /** Keeps an item, or not. */
  public void add(T item) {
    seen++;
    if (kept.size() < capacity) {
      kept.add(item);
    } else {
      long place = random.nextLong(seen);
      if (place < capacity) {
        kept.set((int) place, item);
      }
    }
  }

  /** How many items there were. */
  public long seen() {
    return seen;
  }

  /** The sample. */
  public List<T> kept() {
    return Collections.unmodifiableList(kept);
  }
}
