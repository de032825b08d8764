package org.sardiffusion.cli;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.sardiffusion.core.io.AtomicOutput;
import org.sardiffusion.core.run.Cancellation;

/**
 * Ctrl-C: stops running work within a second, leaves no partial file, and exits with 128 plus the
 * signal's number: 130.
 *
 * <p>The signal is handled before the JVM begins to shut down: ONNX Runtime's own shutdown hook
 * destroys its environment under graphs that are still being loaded or run, which crashes.
 */
final class Interruption {
  static final String NOTHING_LEFT = "interrupted; nothing was left behind.";

  private static final int SIGNAL_EXIT = 128;

  /** A graph stops at its next node; what takes longer than this (loading one) is abandoned. */
  private static final long PATIENCE_MILLIS = 500;

  private static final Set<Cancellation> RUNNING = ConcurrentHashMap.newKeySet();

  private static final AtomicReference<Orderly> ORDERLY = new AtomicReference<>();

  private static final AtomicReference<String> FAREWELL = new AtomicReference<>(NOTHING_LEFT);

  private final CountDownLatch finished = new CountDownLatch(1);
  private volatile int received;

  private Interruption() {}

  /** Work that stops in order when it is asked to, and takes its time for that. */
  interface Orderly {
    /** The first signal: begins to stop, and returns. */
    void stop();

    /** The second one: drops everything, at once. The process ends when this returns. */
    void abandon();
  }

  static Interruption install() {
    Interruption interruption = new Interruption();
    Signals.handle("INT", interruption::stop);
    Signals.handle("TERM", interruption::stop);
    return interruption;
  }

  /** A cancellation that Ctrl-C uses. */
  static Cancellation cancellation() {
    Cancellation cancellation = new Cancellation();
    RUNNING.add(cancellation);
    return cancellation;
  }

  /** Sets what is said of interrupted work from now on: what becomes of it. */
  static void farewell(String words) {
    FAREWELL.set(words);
  }

  /** What is said of interrupted work. */
  static String farewell() {
    return FAREWELL.get();
  }

  /** Leaves it to {@code work} what Ctrl-C means, until {@link #takeBack()}. */
  static void leaveTo(Orderly work) {
    ORDERLY.set(work);
  }

  /** Ends what {@link #leaveTo} began. */
  static void takeBack() {
    ORDERLY.set(null);
  }

  /**
   * Ends the process.
   *
   * <p>After a failure some graphs may still be loading in the background, so the hooks that would
   * pull their ground away do not run then.
   */
  void exit(int status) {
    finished.countDown();
    if (status == 0) {
      System.exit(0);
    }
    AtomicOutput.abandonAll();
    System.out.flush();
    System.err.flush();
    Runtime.getRuntime().halt(received == 0 ? status : SIGNAL_EXIT + received);
  }

  private void stop(int signal) {
    boolean first = received == 0;
    received = signal;
    Orderly orderly = ORDERLY.get();
    if (orderly != null) {
      if (first) {
        orderly.stop();
        return;
      }
      orderly.abandon();
      Runtime.getRuntime().halt(SIGNAL_EXIT + signal);
    }
    RUNNING.forEach(Cancellation::cancel);
    try {
      if (finished.await(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)) {
        // The command has noticed and is on its own way out.
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    AtomicOutput.abandonAll();
    System.err.println("\nsar-diffusion: " + farewell());
    Runtime.getRuntime().halt(SIGNAL_EXIT + signal);
  }
}
