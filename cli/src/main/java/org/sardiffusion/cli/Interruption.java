package org.sardiffusion.cli;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.sardiffusion.geo.output.AtomicOutput;
import org.sardiffusion.runtime.session.Cancellation;

/**
 * Ctrl-C: stops running work within a second and leaves no partial file.
 *
 * <p>The JVM itself then exits with 128 plus the signal's number: 130 for Ctrl-C.
 */
final class Interruption {
  /** A graph stops at its next node; what takes longer than this (loading one) is abandoned. */
  private static final long PATIENCE_MILLIS = 800;

  private static final Set<Cancellation> RUNNING = ConcurrentHashMap.newKeySet();

  private final CountDownLatch finished = new CountDownLatch(1);

  private Interruption() {}

  static Interruption install() {
    Interruption interruption = new Interruption();
    Runtime.getRuntime().addShutdownHook(new Thread(interruption::shutDown, "interruption"));
    return interruption;
  }

  /** A cancellation that Ctrl-C uses. */
  static Cancellation cancellation() {
    Cancellation cancellation = new Cancellation();
    RUNNING.add(cancellation);
    return cancellation;
  }

  /** The command has ended by itself. */
  void finished() {
    finished.countDown();
  }

  private void shutDown() {
    if (finished.getCount() == 0) {
      return;
    }
    RUNNING.forEach(Cancellation::cancel);
    try {
      if (!finished.await(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)) {
        AtomicOutput.abandonAll();
      }
    } catch (InterruptedException e) {
      AtomicOutput.abandonAll();
    }
  }
}
