package org.sardiffusion.core.run;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.sardiffusion.core.SarDiffusionException.Kind;

class CancellationTest {
  @Test
  void stopsOnceSomebodyCancels() {
    try (Cancellation cancellation = new Cancellation()) {
      assertDoesNotThrow(cancellation::check);
      cancellation.cancel();
      assertTrue(cancellation.isCancelled());
      assertEquals(
          Kind.CANCELLED, assertThrows(CancelledException.class, cancellation::check).kind());
    }
  }

  @Test
  void runsTheHooksThatAreOpen() {
    AtomicInteger open = new AtomicInteger();
    AtomicInteger closed = new AtomicInteger();
    try (Cancellation cancellation = new Cancellation()) {
      cancellation.onCancel(closed::incrementAndGet).close();
      cancellation.onCancel(open::incrementAndGet);
      cancellation.cancel();
    }
    assertEquals(1, open.get());
    assertEquals(0, closed.get());
  }

  @Test
  void runsALateHookAtOnce() {
    AtomicInteger late = new AtomicInteger();
    try (Cancellation cancellation = new Cancellation()) {
      cancellation.cancel();
      cancellation.onCancel(late::incrementAndGet);
      assertEquals(1, late.get());
    }
  }

  @Test
  void refusesHooksAfterItsScope() {
    Cancellation cancellation = new Cancellation();
    cancellation.close();
    assertThrows(IllegalStateException.class, () -> cancellation.onCancel(() -> {}));
    cancellation.cancel();
    assertTrue(cancellation.isCancelled());
  }
}
