package org.sardiffusion.runtime.session;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Optional;

/**
 * Direct buffers, used again and again. Java frees one only when its collector finds it, which a
 * program with little on its heap waits long for: thousands of images would pile buffers up.
 */
final class DirectMemory {
  /** What is kept beyond what is in use; the buffers of small images, many times over. */
  private static final long MOST_IDLE_BYTES = 64L << 20;

  private static final byte[] ZEROS = new byte[1 << 14];

  /** The last one used at the end. */
  private static final Deque<ByteBuffer> IDLE = new ArrayDeque<>();

  private static long idleBytes;

  private DirectMemory() {}

  /** A buffer of {@code bytes} zeros, in the machine's own order. */
  static ByteBuffer take(int bytes) {
    Optional<ByteBuffer> idle = idle(bytes);
    if (idle.isEmpty()) {
      return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }
    ByteBuffer used = idle.get();
    for (int at = 0; at < bytes; at += ZEROS.length) {
      used.put(at, ZEROS, 0, Math.min(ZEROS.length, bytes - at));
    }
    return used;
  }

  private static synchronized Optional<ByteBuffer> idle(int bytes) {
    for (Iterator<ByteBuffer> latest = IDLE.descendingIterator(); latest.hasNext(); ) {
      ByteBuffer buffer = latest.next();
      if (buffer.capacity() == bytes) {
        latest.remove();
        idleBytes -= bytes;
        return Optional.of(buffer);
      }
    }
    return Optional.empty();
  }

  /** Takes a buffer back that nobody uses any more. */
  static synchronized void giveBack(ByteBuffer buffer) {
    IDLE.addLast(buffer);
    idleBytes += buffer.capacity();
    while (idleBytes > MOST_IDLE_BYTES) {
      idleBytes -= IDLE.removeFirst().capacity();
    }
  }
}
