package org.sardiffusion.training;

import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import javax.imageio.ImageIO;

/**
 * A folder with all that a run needs, and trainers to run it with.
 *
 * @param folder where {@code config.yaml}, {@code model} and {@code data} lie
 */
public record Bench(Path folder) {
  /** The Python sources of this project. */
  public static final Path PROJECT = Path.of("python").toAbsolutePath();

  /**
   * A configuration of the tiny task of {@code python/tests/tiny_task.py}: 30 steps in a moment.
   */
  public static final String CONFIGURATION =
      """
      version: 1
      name: tiny
      task: autoencoder
      model: model
      seed: 3
      data:
        train: data/train
        resolution: 32
      components:
        vae_encoder: {train: full, learning_rate: 1.0e-3}
        vae_decoder: {train: full, learning_rate: 2.0e-3}
      autoencoder: {crop: 16}
      training:
        steps: 30
        batch: 2
        threads: 1
      checkpoints: {every: 5, keep: 2}
      validation: {every: 10}
      """;

  /** Lays everything out in an empty folder. */
  public static Bench in(Path folder) {
    Bench bench = new Bench(folder);
    try {
      Files.createDirectories(folder.resolve("model"));
      Files.writeString(folder.resolve("model/model_index.json"), "{}");
      bench.images("data/train", 6);
      Files.writeString(bench.configuration(), CONFIGURATION);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bench;
  }

  /** An imagefolder of {@code count} images of noise, 32 x 32. */
  public void images(String name, int count) throws IOException {
    Path images = Files.createDirectories(folder.resolve(name).resolve("images"));
    Random random = new Random(7);
    StringBuilder metadata = new StringBuilder();
    for (int i = 0; i < count; i++) {
      BufferedImage image = new BufferedImage(32, 32, BufferedImage.TYPE_BYTE_GRAY);
      for (int pixel = 0; pixel < 32 * 32; pixel++) {
        image.getRaster().setSample(pixel % 32, pixel / 32, 0, random.nextInt(256));
      }
      ImageIO.write(image, "png", images.resolve(i + ".png").toFile());
      metadata.append(
          "{\"file_name\": \"images/%d.png\", \"text\": \"field %d\"}\n".formatted(i, i));
    }
    Files.writeString(folder.resolve(name).resolve("metadata.jsonl"), metadata);
  }

  public Path configuration() {
    return folder.resolve("config.yaml");
  }

  /** Where runs go. */
  public Path run() {
    return folder.resolve("run");
  }

  /**
   * An environment whose trainer is the tiny task: everything but the networks is real.
   *
   * @param fault what {@code TINY_TASK} says, such as {@code slow}
   */
  public PythonEnvironment tinyTrainer(String fault) {
    return script(
        """
        export TINY_TASK=%s OMP_NUM_THREADS=1
        [ "$2" = sar_trainer ] || exec "%3$s" "$@"
        shift 2
        exec "%3$s" "%2$s/tests/tiny_task.py" "$@"
        """
            .formatted(fault, PROJECT, python()));
  }

  /**
   * An environment whose trainer is a shell script: for ends that a real trainer can't be brought
   * to. In it, {@code $4} is the configuration and {@code $6} the run's folder.
   */
  public PythonEnvironment script(String body) {
    assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "needs a POSIX shell");
    try {
      Path script = Files.createTempFile(folder, "python", "");
      Files.writeString(script, "#!/bin/sh\n" + body);
      script.toFile().setExecutable(true);
      return PythonEnvironment.using(PROJECT, script);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A Python with the trainer's packages; the test is skipped where there is none. */
  public static Path python() {
    String declared = System.getenv("SAR_DIFFUSION_PYTHON");
    Path python = declared == null ? PythonEnvironment.in(PROJECT).python() : Path.of(declared);
    String skip = System.getProperty("skipPython", "false");
    assumeFalse(declared == null && !skip.equals("false"), "skipped by -DskipPython");
    assumeTrue(
        Files.isExecutable(python),
        "no Python environment: run training-bridge/python/setup.sh, or set SAR_DIFFUSION_PYTHON");
    return python;
  }
}
