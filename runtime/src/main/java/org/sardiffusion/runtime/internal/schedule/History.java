package org.sardiffusion.runtime.internal.schedule;

import java.util.ArrayList;
import java.util.List;

/** The last few model outputs of a multistep solver, in buffers allocated once. */
final class History {
  private final float[][] entries;
  private int newest = -1;
  private int size;

  History(int capacity, int length) {
    entries = new float[capacity][length];
  }

  /** Copies {@code values} in as the newest entry; the oldest falls out when full. */
  void push(float[] values) {
    newest = (newest + 1) % entries.length;
    size = Math.min(size + 1, entries.length);
    System.arraycopy(values, 0, entries[newest], 0, values.length);
  }

  /** The entry pushed {@code steps} pushes before the newest. */
  float[] back(int steps) {
    return entries[Math.floorMod(newest - steps, entries.length)];
  }

  /** Copies of the entries, the oldest first. */
  List<float[]> copies() {
    List<float[]> copies = new ArrayList<>();
    for (int steps = size - 1; steps >= 0; steps--) {
      copies.add(back(steps).clone());
    }
    return copies;
  }

  /** Takes entries, the oldest first, in place of its own. */
  void restore(List<float[]> kept) {
    newest = -1;
    size = 0;
    kept.forEach(this::push);
  }

  int size() {
    return size;
  }
}
