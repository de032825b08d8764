package org.sardiffusion.conditioning.spectrum;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sardiffusion.conditioning.ComplexImage;
import org.sardiffusion.conditioning.ComplexSource;
import org.sardiffusion.conditioning.Golden;
import org.sardiffusion.conditioning.InvalidSampleException;
import org.sardiffusion.conditioning.ScratchFileException;
import org.sardiffusion.conditioning.Speckle;
import org.sardiffusion.core.raster.AmplitudeRaster;

class SpectralResamplerTest {
  private static final double TOLERANCE = 1e-6;

  private final ResamplingSettings periodic = ResamplingSettings.standard().with(Border.periodic());

  @ParameterizedTest
  @CsvSource({
    "24,32,81,108",
    "40,54,12,16",
    "31,37,47,23",
    "16,17,17,16",
    "2,3,9,1",
    "24,20,24,32"
  })
  void equalsScipyForComplexAndAmplitude(int h, int w, int oh, int ow) {
    String name = "resample_" + h + "x" + w + "_" + oh + "x" + ow;
    ComplexImage image = Golden.load(name + "_complex_in").complex();
    SpectralResampler resampler = new SpectralResampler(periodic);
    Target target = new Target.Size(ow, oh);

    ResampledComplex complex = resampler.resample(image, SpectralCentroid.ZERO, target);
    double error = Golden.load(name + "_complex_out").relativeError(complex.image().samples());
    assertTrue(error < TOLERANCE, name + " complex: " + error);

    ResampledAmplitude amplitude = resampler.resample(image.detect(), target);
    Golden real = Golden.load(name + "_real_out");
    int negative = 0;
    for (int i = 0; i < real.values().length; i++) {
      if (real.values()[i] < 0) {
        real.values()[i] = 0;
        negative++;
      }
    }
    error = real.relativeError(amplitude.raster().samples());
    assertTrue(error < TOLERANCE, name + " amplitude: " + error);
    assertEquals(negative, amplitude.resampling().clampedPixels());
  }

  @Test
  void cutsTheSpectrumAtItsCentroidPlusHalfTheBand() {
    ComplexImage image = Golden.load("carrier_in").complex();
    SpectralCentroid centroid = new SpectralCentroid(14.0 / 40, -5.0 / 32);
    Target target = new Target.Size(135, 108);

    float[] kept =
        new SpectralResampler(periodic).resample(image, centroid, target).image().samples();
    float[] centred =
        new SpectralResampler(periodic.with(Carrier.CENTRE))
            .resample(image, centroid, target)
            .image()
            .samples();

    assertTrue(Golden.load("carrier_kept").relativeError(kept) < TOLERANCE);
    assertTrue(Golden.load("carrier_centred").relativeError(centred) < TOLERANCE);
    // And the golden values tell the two apart.
    assertTrue(Golden.load("carrier_kept").relativeError(centred) > 0.1);
  }

  @Test
  void weighsTheSpectrumAsScipyDoes() {
    SpectralResampler resampler =
        new SpectralResampler(
            periodic.with(
                new SpectralWindow.Inverse(new SpectralWindow.Hamming(0.6, 1), 0.1),
                new SpectralWindow.EdgeTaper(0.3)));
    float[] actual =
        resampler
            .resample(
                Golden.load("carrier_in").complex(), SpectralCentroid.ZERO, new Target.Size(60, 48))
            .image()
            .samples();
    assertTrue(Golden.load("window_out").relativeError(actual) < TOLERANCE);
  }

  @Test
  void mirrorsBordersAsTheReferenceDoes() {
    SpectralResampler resampler =
        new SpectralResampler(ResamplingSettings.standard().with(new Border.Mirror(16)));
    ResampledComplex result =
        resampler.resample(
            Golden.load("mirror_in").complex(),
            SpectralCentroid.ZERO,
            new Target.Ratios(new Ratio(27, 8), new Ratio(3, 2)));

    assertEquals(new AxisPlan(37, 125, 72, 243), result.plan().x());
    assertEquals(new AxisPlan(27, 41, 60, 90), result.plan().y());
    double error = Golden.load("mirror_out").relativeError(result.image().samples());
    assertTrue(error < TOLERANCE, "mirror: " + error);
  }

  @Test
  void mirroringKeepsTheOppositeBorderOut() {
    // A bright left half: with periodic borders it rings into the right border.
    int n = 64;
    float[] samples = new float[n * n];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = i % n < n / 2 ? 100 : 1;
    }
    AmplitudeRaster raster = new AmplitudeRaster(n, n, samples);
    Target target = new Target.Ratios(new Ratio(27, 8), new Ratio(27, 8));
    AmplitudeRaster wrapped = new SpectralResampler(periodic).resample(raster, target).raster();
    AmplitudeRaster mirrored = SpectralResampler.standard().resample(raster, target).raster();
    int right = mirrored.width() - 1;
    assertEquals(1, mirrored.at(right, 100), 2);
    assertTrue(wrapped.at(right, 100) > 50);
  }

  @Test
  void leavesPixelZeroInPlaceAndConstantsAsTheyAre() {
    ComplexImage speckle = Speckle.complex(48, 40, 5);
    Target target = new Target.Ratios(new Ratio(2, 1), new Ratio(3, 1));
    ComplexImage fine =
        SpectralResampler.standard().resample(speckle, SpectralCentroid.ZERO, target).image();
    // Mirrored speckle is not band-limited; inside the image it is so to a few per cent.
    ComplexImage exact =
        new SpectralResampler(periodic).resample(speckle, SpectralCentroid.ZERO, target).image();
    for (int y = 0; y < 40; y++) {
      for (int x = 0; x < 48; x++) {
        // Only the Nyquist bin, whose sign of frequency is unknown, keeps sample points from
        // being interpolated exactly; scipy's splitting does interpolate them.
        assertEquals(speckle.re(x, y), exact.re(2 * x, 3 * y), 1e-5);
        assertEquals(speckle.re(x, y), fine.re(2 * x, 3 * y), 1e-5);
      }
    }
    float[] ones = new float[35 * 21];
    java.util.Arrays.fill(ones, 7f);
    for (float sample :
        SpectralResampler.standard()
            .resample(new AmplitudeRaster(35, 21, ones), Target.spacing(1.35, 0.8, 0.4))
            .raster()
            .samples()) {
      assertEquals(7, sample, 1e-5);
    }
  }

  @Test
  void stripsOnDiskGiveTheSamePixelsAsMemory(@TempDir Path folder) throws IOException {
    ComplexImage speckle = Speckle.complex(1100, 700, 6);
    Target target = new Target.Size(1500, 1400);
    SpectralCentroid centroid = new SpectralCentroid(0.2, -0.4);
    ComplexImage inMemory =
        SpectralResampler.standard().resample(speckle, centroid, target).image();

    // 2100 rows of 1500 complex samples are 24 MiB: over the 16 MiB allowed.
    ResamplingSettings small =
        ResamplingSettings.standard().with(new Resources(2, 16L << 20, folder));
    float[] samples = new float[2 * 1500 * 1400];
    new SpectralResampler(small)
        .resample(
            speckle,
            centroid,
            target,
            (first, rows, strip) -> System.arraycopy(strip, 0, samples, first * 3000, rows * 3000));
    assertArrayEquals(inMemory.samples(), samples);
    assertEquals(0, count(folder), "files left behind");
    // That it did go to disk shows where there is none.
    assertThrows(
        ScratchFileException.class,
        () ->
            new SpectralResampler(small.with(new Resources(2, 16L << 20, folder.resolve("absent"))))
                .resample(speckle, centroid, target));
  }

  @Test
  void oneThreadGivesTheSamePixelsAsThree() {
    AmplitudeRaster speckle = Speckle.complex(131, 77, 7).detect();
    Target target = new Target.Size(300, 33);
    float[][] results = new float[2][];
    for (int i = 0; i < 2; i++) {
      results[i] =
          new SpectralResampler(
                  periodic.with(new Resources(1 + 2 * i, 1L << 24, Path.of("unused"))))
              .resample(speckle, target)
              .raster()
              .samples();
    }
    assertArrayEquals(results[0], results[1]);
  }

  @Test
  void onePixelImagesAreConstants() {
    ComplexImage pixel = new ComplexImage(1, 1, new float[] {3, -4});
    ComplexImage result =
        SpectralResampler.standard()
            .resample(pixel, SpectralCentroid.ZERO, new Target.Size(3, 4))
            .image();
    for (int y = 0; y < 4; y++) {
      for (int x = 0; x < 3; x++) {
        assertEquals(3, result.re(x, y), 1e-6);
        assertEquals(-4, result.im(x, y), 1e-6);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"NaN,27", "Infinity,27", "NaN,8", "-Infinity,8"})
  void refusesSamplesThatAreNotFinite(float bad, int numerator) {
    float[] samples = new float[40 * 30];
    samples[17 * 40 + 3] = bad;
    Target target = new Target.Ratios(new Ratio(numerator, 8), new Ratio(2, 1));
    InvalidSampleException e =
        assertThrows(
            InvalidSampleException.class,
            () ->
                SpectralResampler.standard()
                    .resample(new AmplitudeRaster(40, 30, samples), target));
    assertTrue(e.getMessage().contains("row 17 "), e.getMessage());
  }

  @Test
  void saysWhenTheScratchFolderCannotBeUsed(@TempDir Path folder) {
    ResamplingSettings settings =
        periodic.with(new Resources(1, 16L << 20, folder.resolve("absent")));
    ComplexSource large = new Zeros(4000, 1000);
    ScratchFileException e =
        assertThrows(
            ScratchFileException.class,
            () ->
                new SpectralResampler(settings)
                    .resample(
                        large,
                        SpectralCentroid.ZERO,
                        new Target.Size(4000, 2000),
                        (f, r, s) -> {}));
    assertTrue(e.getMessage().contains("absent"), e.getMessage());
  }

  private record Zeros(int width, int height) implements ComplexSource {
    @Override
    public void readRows(int firstRow, int rows, float[] into) {
      java.util.Arrays.fill(into, 0);
    }
  }

  private static long count(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.count();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
