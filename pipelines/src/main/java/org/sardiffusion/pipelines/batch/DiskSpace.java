package org.sardiffusion.pipelines.batch;

import java.time.Duration;
import org.sardiffusion.geo.DiskFullException;
import org.sardiffusion.runtime.session.Cancellation;
import org.sardiffusion.runtime.session.CancelledException;

/** Waits for space on a full disk instead of giving up hours of work at once. */
final class DiskSpace {
  private static final long LOOK_MILLIS = 1000;

  private final Duration patience;
  private final BatchListener listener;
  private final Cancellation cancellation;

  DiskSpace(Duration patience, BatchListener listener, Cancellation cancellation) {
    this.patience = patience;
    this.listener = listener;
    this.cancellation = cancellation;
  }

  /**
   * Writes something; on a full disk, again and again.
   *
   * @throws DiskFullException once patience ends
   * @throws CancelledException if the user stops waiting
   */
  void attempt(Runnable writing) {
    long start = System.nanoTime();
    boolean paused = false;
    while (true) {
      try {
        writing.run();
        if (paused) {
          listener.resumed();
        }
        return;
      } catch (DiskFullException e) {
        if (System.nanoTime() - start >= patience.toNanos()) {
          throw e;
        }
        if (!paused) {
          listener.paused(e.getMessage());
          paused = true;
        }
        sleep();
      }
    }
  }

  private void sleep() {
    try {
      Thread.sleep(LOOK_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancelledException();
    }
    cancellation.check();
  }
}
