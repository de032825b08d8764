package org.sardiffusion.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.sardiffusion.conditioning.ComplexImage;
import org.sardiffusion.conditioning.spectrum.Border;
import org.sardiffusion.conditioning.spectrum.ResamplingSettings;
import org.sardiffusion.conditioning.spectrum.Resources;
import org.sardiffusion.conditioning.spectrum.SpectralCentroid;
import org.sardiffusion.conditioning.spectrum.SpectralResampler;
import org.sardiffusion.conditioning.spectrum.Target;

/**
 * The Java side of {@code benchmarks/python/resampling.py}: resamples a square complex image in
 * memory with two threads, once for each line of the standard input, and answers with seconds of
 * wall-clock and of processor time.
 */
public final class ResamplingProcess {
  private ResamplingProcess() {}

  /** Takes the size of the image and the size wanted, pixels. */
  public static void main(String[] args) throws IOException {
    int size = Integer.parseInt(args[0]);
    int wanted = Integer.parseInt(args[1]);
    SplittableRandom random = new SplittableRandom(1);
    float[] samples = new float[2 * size * size];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (float) random.nextDouble(-1, 1);
    }
    ComplexImage image = new ComplexImage(size, size, samples);
    // As plain FFTs have it, all in memory.
    SpectralResampler resampler =
        new SpectralResampler(
            ResamplingSettings.standard()
                .with(Border.periodic())
                .with(
                    new Resources(
                        2,
                        Runtime.getRuntime().maxMemory() / 2,
                        Path.of(System.getProperty("java.io.tmpdir")))));
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    System.out.println("ready");
    while (in.readLine() != null) {
      long wall = System.nanoTime();
      long processor = system.getProcessCpuTime();
      resampler.resample(image, SpectralCentroid.ZERO, new Target.Size(wanted, wanted));
      System.out.printf(
          "[%.4f, %.4f]%n",
          (System.nanoTime() - wall) / 1e9, (system.getProcessCpuTime() - processor) / 1e9);
    }
  }
}
