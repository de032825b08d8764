package org.sardiffusion.pipelines.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.sardiffusion.core.io.DiskFullException;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.core.run.CancelledException;

class DiskPatienceTest {
  private final List<String> heard = new ArrayList<>();
  private final BatchListener listener =
      new BatchListener() {
        @Override
        public void paused(String reason) {
          heard.add("paused: " + reason);
        }

        @Override
        public void resumed() {
          heard.add("resumed");
        }
      };
  private int attempts;

  /** A disk that has space from the second attempt on. */
  private void write() {
    if (attempts++ == 0) {
      throw new DiskFullException(
          Path.of("x.tif"), 1000, 10, new IOException("No space left on device"));
    }
  }

  @Test
  void waitsForSpaceAndSaysSo() {
    try (Cancellation cancellation = new Cancellation()) {
      new DiskPatience(Duration.ofMinutes(1), listener, cancellation).attempt(this::write);
    }
    assertEquals(2, attempts);
    assertEquals(2, heard.size());
    assertTrue(heard.get(0).contains("No space left to write x.tif"), heard.toString());
  }

  @Test
  void givesUpAfterItsPatience() {
    try (Cancellation cancellation = new Cancellation()) {
      DiskPatience space = new DiskPatience(Duration.ZERO, listener, cancellation);
      assertThrows(DiskFullException.class, () -> space.attempt(this::write));
    }
    assertEquals(List.of(), heard);
  }

  @Test
  void theUserMayStopTheWait() {
    try (Cancellation cancellation = new Cancellation()) {
      cancellation.cancel();
      DiskPatience space = new DiskPatience(Duration.ofMinutes(1), listener, cancellation);
      assertThrows(CancelledException.class, () -> space.attempt(this::write));
    }
  }
}
