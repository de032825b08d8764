package org.sardiffusion.conditioning.spectrum;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;
import org.sardiffusion.conditioning.ComplexImage;
import org.sardiffusion.conditioning.EmptyImageException;
import org.sardiffusion.conditioning.Golden;
import org.sardiffusion.conditioning.InvalidSampleException;
import org.sardiffusion.conditioning.Speckle;

class SpectralCentroidTest {
  /** Oversampled by two and centred. */
  private static final ComplexImage CENTRED =
      SpectralResampler.standard()
          .resample(Speckle.complex(60, 100, 1), SpectralCentroid.ZERO, new Target.Size(120, 200))
          .image();

  @Test
  void equalsTheLagOnePhaseOfNumPy() {
    SpectralCentroid centroid = SpectralCentroid.estimate(Golden.load("centroid_in").complex());
    double[] expected = Golden.load("centroid").values();
    assertEquals(expected[0], centroid.x(), 1e-9);
    assertEquals(expected[1], centroid.y(), 1e-9);
    // The circular mean of the power spectrum, which also counts the step over the border.
    assertEquals(expected[2], centroid.x(), 0.01);
    assertEquals(expected[3], centroid.y(), 0.01);
  }

  @Property(tries = 40)
  void findsAShiftAndRefocusingTakesItBack(
      @ForAll @DoubleRange(min = -0.49, max = 0.49) double x,
      @ForAll @DoubleRange(min = -0.49, max = 0.49) double y) {
    SpectralCentroid before = SpectralCentroid.estimate(CENTRED);
    ComplexImage shifted = new SpectralCentroid(-x, -y).refocus(CENTRED);
    SpectralCentroid found = SpectralCentroid.estimate(shifted);
    assertEquals(0, Math.sin(Math.PI * (found.x() - before.x() - x)), 1e-5);
    assertEquals(0, Math.sin(Math.PI * (found.y() - before.y() - y)), 1e-5);

    ComplexImage back = found.refocus(shifted);
    SpectralCentroid rest = SpectralCentroid.estimate(back);
    assertEquals(0, rest.x(), 1e-5);
    assertEquals(0, rest.y(), 1e-5);
    for (int i = 0; i < 50; i++) {
      assertEquals(
          Math.hypot(CENTRED.re(i, 2 * i), CENTRED.im(i, 2 * i)),
          Math.hypot(back.re(i, 2 * i), back.im(i, 2 * i)),
          1e-5);
    }
  }

  @Test
  void saysWhatItCannotEstimate() {
    assertThrows(
        EmptyImageException.class,
        () -> SpectralCentroid.estimate(new ComplexImage(3, 2, new float[12])));
    float[] bad = new float[12];
    bad[7] = Float.NaN;
    InvalidSampleException e =
        assertThrows(
            InvalidSampleException.class,
            () -> SpectralCentroid.estimate(new ComplexImage(3, 2, bad)));
    assertTrue(e.getMessage().contains("zeros"), e.getMessage());
  }
}
