package org.sardiffusion.pipelines.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.sardiffusion.core.run.CancelledException;

class BatchLanesTest {
  private final Lanes lanes = new Lanes(2);
  private final CountDownLatch begun = new CountDownLatch(2);
  private final AtomicInteger running = new AtomicInteger();
  private final AtomicInteger done = new AtomicInteger();

  /** A piece of work that is under way when the other one fails, and goes on for a while. */
  private void slow() {
    running.incrementAndGet();
    try {
      begun.countDown();
      begun.await();
      Thread.sleep(300);
      done.incrementAndGet();
    } catch (InterruptedException e) {
      throw new CancelledException();
    } finally {
      running.decrementAndGet();
    }
  }

  private void await() {
    begun.countDown();
    try {
      begun.await();
    } catch (InterruptedException e) {
      throw new CancelledException();
    }
  }

  @Test
  void anErrorIsThrownOnceAllLanesAreDone() {
    OutOfMemoryError full = new OutOfMemoryError("a test's");
    OutOfMemoryError thrown =
        assertThrows(
            OutOfMemoryError.class,
            () ->
                lanes.run(
                    List.of(1, 2, 3, 4),
                    piece -> {
                      if (piece == 1) {
                        await();
                        throw full;
                      }
                      slow();
                    }));
    assertSame(full, thrown);
    assertEquals(0, running.get(), "no lane may run when the engine is closed");
    assertEquals(1, done.get(), "no further piece is begun");
  }

  @Test
  void anInterruptWaitsForTheLanesToo() {
    // Its piece may be alone: whether the other is begun before the interrupt is seen is open.
    begun.countDown();
    Thread.currentThread().interrupt();
    assertThrows(CancelledException.class, () -> lanes.run(List.of(1, 2), piece -> slow()));
    assertTrue(Thread.interrupted(), "the interrupt is kept");
    assertEquals(0, running.get());
  }
}
