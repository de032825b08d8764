package org.sardiffusion.training.internal.dataset;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.sardiffusion.conditioning.amplitude.AmplitudeScale;
import org.sardiffusion.conditioning.amplitude.RunningMoments;
import org.sardiffusion.conditioning.spectrum.Carrier;
import org.sardiffusion.conditioning.spectrum.RasterPlan;
import org.sardiffusion.conditioning.spectrum.Ratio;
import org.sardiffusion.conditioning.spectrum.ResamplingSettings;
import org.sardiffusion.conditioning.spectrum.Resources;
import org.sardiffusion.conditioning.spectrum.SpectralCentroid;
import org.sardiffusion.conditioning.spectrum.SpectralResampler;
import org.sardiffusion.conditioning.spectrum.Target;
import org.sardiffusion.core.Remedy;
import org.sardiffusion.core.SarDiffusionException.Kind;
import org.sardiffusion.core.raster.AmplitudeRaster;
import org.sardiffusion.core.raster.AmplitudeSink;
import org.sardiffusion.core.raster.Window;
import org.sardiffusion.geo.raster.Spacing;
import org.sardiffusion.training.dataset.DatasetException;
import org.sardiffusion.training.dataset.Preparation;

/**
 * A source as an amplitude image at the spacing of the training set, in a temporary file: section 3
 * of the paper up to its equation 1.
 *
 * <p>A complex source is refocused (its spectrum moved to zero frequency on both axes), resampled
 * in the frequency domain, then detected; an amplitude source is resampled as it is. Mean and
 * standard deviation are taken on the way to the file, so that each source is resampled once and
 * never held in memory.
 */
public final class PreparedImage implements AutoCloseable {
  private static final long MOST_HEAP = 512L << 20;

  private final Path file;
  private final FileChannel pixels;
  private final RunningMoments moments = new RunningMoments();
  private RasterPlan plan;
  private ByteBuffer buffer = ByteBuffer.allocate(0);

  private PreparedImage(Path file) throws IOException {
    this.file = file;
    pixels =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE);
  }

  /**
   * @param spacing of the source
   * @param scratchFolder an existing folder for temporary files: one float per pixel of the result,
   *     and for large images two complex images more while they are resampled
   * @throws org.sardiffusion.conditioning.ConditioningException if the source has no data, or holds
   *     what is no amplitude
   */
  public static PreparedImage of(
      SourceImage source, Spacing spacing, Preparation preparation, Path scratchFolder) {
    try {
      PreparedImage image = new PreparedImage(scratchFolder.resolve("prepared.f32"));
      try {
        image.fill(source, spacing, preparation, scratchFolder);
        return image;
      } catch (RuntimeException | Error e) {
        image.close();
        throw e;
      }
    } catch (IOException e) {
      throw new DatasetException(
          Kind.RESOURCE, "Cannot write to " + scratchFolder + ": " + e.getMessage(), e);
    }
  }

  private void fill(
      SourceImage source, Spacing spacing, Preparation preparation, Path scratchFolder) {
    double target = preparation.targetSpacing();
    Target ratios = Target.spacing(spacing.columns(), spacing.rows(), target);
    SpectralResampler resampler =
        new SpectralResampler(
            ResamplingSettings.standard().with(Carrier.CENTRE).with(resources(scratchFolder)));
    plan = resampler.plan(source.width(), source.height(), ratios);
    AmplitudeSink sink = new Writer(source.nodata(), (float) preparation.calibration());
    if (source.isComplex()) {
      SpectralCentroid centroid = SpectralCentroid.estimate(source.complex());
      float[][] amplitude = {new float[0]};
      resampler.resample(
          source.complex(),
          centroid,
          ratios,
          (firstRow, rows, samples) -> {
            int count = rows * plan.width();
            if (amplitude[0].length < count) {
              amplitude[0] = new float[count];
            }
            detect(samples, amplitude[0], count);
            sink.writeRows(firstRow, rows, amplitude[0]);
          });
    } else if (isIdentity(ratios)) {
      int rows = Math.max(1, Math.min(source.height(), (1 << 20) / source.width()));
      float[] strip = new float[rows * source.width()];
      for (int first = 0; first < source.height(); first += rows) {
        int count = Math.min(rows, source.height() - first);
        source.amplitude().readRows(first, count, strip);
        sink.writeRows(first, count, strip);
      }
    } else {
      resampler.resample(source.amplitude(), ratios, sink);
    }
  }

  private static boolean isIdentity(Target target) {
    Ratio one = new Ratio(1, 1);
    return target instanceof Target.Ratios r && r.x().equals(one) && r.y().equals(one);
  }

  private static void detect(float[] complex, float[] amplitude, int count) {
    for (int i = 0; i < count; i++) {
      double re = complex[2 * i];
      double im = complex[2 * i + 1];
      amplitude[i] = (float) Math.sqrt(re * re + im * im);
    }
  }

  private static Resources resources(Path scratchFolder) {
    Runtime machine = Runtime.getRuntime();
    return new Resources(
        Math.min(8, machine.availableProcessors()),
        Math.max(16L << 20, Math.min(MOST_HEAP, machine.maxMemory() / 4)),
        scratchFolder);
  }

  /** Calibrates, marks pixels without data, takes moments, and writes. */
  private final class Writer implements AmplitudeSink {
    private final NodataMask nodata;
    private final float calibration;

    Writer(NodataMask nodata, float calibration) {
      this.nodata = nodata;
      this.calibration = calibration;
    }

    @Override
    public void writeRows(int firstRow, int rows, float[] samples) {
      int width = plan.width();
      for (int r = 0; r < rows; r++) {
        double y = (firstRow + r) / plan.y().scale();
        for (int x = 0; x < width; x++) {
          int i = r * width + x;
          samples[i] =
              !nodata.isEmpty() && nodata.isNodata(x / plan.x().scale(), y)
                  ? Float.NaN
                  : samples[i] * calibration;
        }
      }
      moments.add(samples, 0, rows * width);
      try {
        ByteBuffer bytes = buffer(rows * width);
        bytes.asFloatBuffer().put(samples, 0, rows * width);
        long at = 4L * firstRow * width;
        while (bytes.hasRemaining()) {
          at += pixels.write(bytes, at);
        }
      } catch (IOException e) {
        throw new DatasetException(
            Kind.RESOURCE,
            "Cannot keep the resampled image in "
                + file.getParent()
                + ": "
                + e.getMessage()
                + ". Free some space, or choose another folder for temporary files.",
            e,
            Remedy.choose("scratch"));
      }
    }
  }

  /** Columns. */
  public int width() {
    return plan.width();
  }

  /** Rows. */
  public int height() {
    return plan.height();
  }

  /** How this image came out of its source. */
  public SourceRecord.Geometry geometry(SourceImage source, Spacing spacing) {
    return new SourceRecord.Geometry(
        source.width(),
        source.height(),
        source.isComplex(),
        spacing,
        new Spacing(
            plan.x().reachedSpacing(spacing.columns()), plan.y().reachedSpacing(spacing.rows())),
        plan.width(),
        plan.height(),
        plan.x().scale(),
        plan.y().scale(),
        scale().divisor());
  }

  /** Mean plus three standard deviations over the pixels with data: equation 1 of the paper. */
  public AmplitudeScale scale() {
    double divisor = moments.mean() + 3 * moments.standardDeviation();
    if (!(divisor > 0)) {
      throw new UnusableSourceException("Its amplitude is zero everywhere.");
    }
    return new AmplitudeScale(divisor);
  }

  /** Amplitudes of a part of the image, not normalised; NaN marks pixels without data. */
  public AmplitudeRaster crop(Window window) {
    float[] samples = new float[window.width() * window.height()];
    try {
      for (int r = 0; r < window.height(); r++) {
        ByteBuffer bytes = buffer(window.width());
        long at = 4 * ((long) (window.y() + r) * plan.width() + window.x());
        while (bytes.hasRemaining()) {
          int read = pixels.read(bytes, at);
          if (read < 0) {
            throw new IOException("it is shorter than what was written to it");
          }
          at += read;
        }
        bytes.flip().asFloatBuffer().get(samples, r * window.width(), window.width());
      }
    } catch (IOException e) {
      throw new DatasetException(
          Kind.RESOURCE, "Cannot read " + file + " again: " + e.getMessage(), e);
    }
    return new AmplitudeRaster(window.width(), window.height(), samples);
  }

  private ByteBuffer buffer(int floats) {
    if (buffer.capacity() < 4 * floats) {
      buffer = ByteBuffer.allocate(4 * floats);
    }
    return buffer.clear().limit(4 * floats);
  }

  @Override
  public void close() {
    try {
      pixels.close();
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new DatasetException(Kind.RESOURCE, "Cannot delete " + file + ": " + e.getMessage(), e);
    }
  }
}
