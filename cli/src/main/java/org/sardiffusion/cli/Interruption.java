package org.sardiffusion.cli;

import java.io.PrintWriter;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.sardiffusion.core.io.AtomicOutput;
import org.sardiffusion.core.run.Cancellation;

/**
 * Ctrl-C: stops running work within a second, leaves no partial file, and exits with 128 plus the
 * signal's number: 130.
 */
final class Interruption {
  static final String NOTHING_LEFT = "interrupted; nothing was left behind.";

  private static final int SIGNAL_EXIT = 128;

  /**
   * A graph stops at its next node; what takes longer than this (loading one) ends with the JVM.
   */
  private static final long PATIENCE_MILLIS = 500;

  private static final Set<Cancellation> RUNNING = ConcurrentHashMap.newKeySet();

  private static final AtomicReference<Orderly> ORDERLY = new AtomicReference<>();

  private static final AtomicReference<String> FAREWELL = new AtomicReference<>(NOTHING_LEFT);

  private static final AtomicBoolean SAID = new AtomicBoolean();

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
    SAID.set(false);
  }

  /** Says once what becomes of interrupted work. */
  static void sayFarewell(PrintWriter err) {
    if (SAID.compareAndSet(false, true)) {
      err.println("sar-diffusion: " + FAREWELL.get());
    }
  }

  /** Leaves it to {@code work} what Ctrl-C means, until {@link #takeBack()}. */
  static void leaveTo(Orderly work) {
    ORDERLY.set(work);
  }

  /** Ends what {@link #leaveTo} began. */
  static void takeBack() {
    ORDERLY.set(null);
  }

  /** Ends the process. */
  void exit(int status) {
    finished.countDown();
    if (status != 0) {
      AtomicOutput.abandonAll();
    }
    System.exit(status == 0 || received == 0 ? status : SIGNAL_EXIT + received);
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
      System.exit(SIGNAL_EXIT + signal);
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
    System.err.println();
    sayFarewell(new PrintWriter(System.err, true));
    System.exit(SIGNAL_EXIT + signal);
  }
}
