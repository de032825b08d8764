package org.sardiffusion.runtime.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class DirectMemoryTest {
  /** Sizes that no other test asks for. */
  private static final int BYTES = 54_321;

  @Test
  void aBufferThatIsGivenBackIsTakenAgainEmpty() {
    ByteBuffer first = DirectMemory.take(BYTES);
    first.put(0, (byte) 1).put(BYTES - 1, (byte) 2);
    assertNotSame(first, DirectMemory.take(BYTES), "it is in use");
    DirectMemory.giveBack(first);
    ByteBuffer again = DirectMemory.take(BYTES);
    assertSame(first, again);
    for (int i = 0; i < BYTES; i++) {
      assertEquals(0, again.get(i));
    }
  }

  @Test
  void noMoreThanSomeIsKept() {
    ByteBuffer small = DirectMemory.take(BYTES + 1);
    DirectMemory.giveBack(small);
    DirectMemory.giveBack(DirectMemory.take(64 << 20));
    assertNotSame(small, DirectMemory.take(BYTES + 1));
  }
}
