package org.sardiffusion.runtime.internal.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class NumpyLogTest {

  @Test
  void isNumpysToTheLastBit() {
    float[] arguments = Goldens.floats(Goldens.logs().get("arguments"));
    float[] values = Goldens.floats(Goldens.logs().get("values"));
    assertEquals(4000, arguments.length);
    for (int i = 0; i < arguments.length; i++) {
      assertEquals(values[i], NumpyLog.of(arguments[i]), 0f, "log of " + arguments[i]);
    }
  }
}
