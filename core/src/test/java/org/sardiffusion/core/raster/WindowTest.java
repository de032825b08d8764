package org.sardiffusion.core.raster;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.sardiffusion.core.SarDiffusionException.Kind;

class WindowTest {
  @Test
  void hasItsEdges() {
    Window window = Window.between(2, 3, 10, 5);
    assertEquals(new Window(2, 3, 8, 2), window);
    assertEquals(10, window.right());
    assertEquals(5, window.bottom());
    assertEquals(new Size(8, 2), window.size());
    assertEquals("2,3,8,2", window.toString());
  }

  @Test
  void containsWhatLiesInside() {
    Window window = new Window(2, 3, 8, 2);
    assertTrue(window.contains(window));
    assertTrue(window.contains(new Window(9, 4, 1, 1)));
    assertFalse(window.contains(new Window(9, 4, 2, 1)));
    assertFalse(window.contains(new Window(1, 3, 2, 2)));
  }

  @Test
  void refusesWhatIsNoPartOfAnImage() {
    assertThrows(RasterException.class, () -> new Window(-1, 0, 1, 1));
    assertThrows(RasterException.class, () -> new Window(0, 0, 0, 1));
    assertThrows(RasterException.class, () -> new Window(Integer.MAX_VALUE, 0, 1, 1));
    assertEquals(Kind.USAGE, assertThrows(RasterException.class, () -> new Size(0, 3)).kind());
    Window window = new Window(2, 3, 8, 2);
    assertDoesNotThrow(() -> window.requireWithin(new Size(10, 5)));
    assertThrows(RasterException.class, () -> window.requireWithin(new Size(10, 4)));
  }

  @Test
  void countsBeyondThirtyTwoBits() {
    assertEquals(1L << 40, new Size(1 << 20, 1 << 20).area());
  }
}
