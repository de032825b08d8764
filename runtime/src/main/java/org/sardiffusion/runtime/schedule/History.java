package org.sardiffusion.runtime.schedule;

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

  int size() {
    return size;
  }
}
