package org.sardiffusion.cli;

import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import javax.imageio.ImageIO;

/**
 * A configuration with its data and a base model, and trainers that take a moment: the real one
 * with a task of a few hundred weights ({@code training-bridge/python/tests/tiny_task.py}), and
 * scripts.
 */
record TinyTraining(Path folder) {
  static final Path HOME = Path.of("..").toAbsolutePath().normalize();
  private static final Path PROJECT = HOME.resolve("training-bridge/python");

  static TinyTraining in(Path folder) throws IOException {
    Files.createDirectories(folder.resolve("model"));
    Files.writeString(folder.resolve("model/model_index.json"), "{}");
    Path images = Files.createDirectories(folder.resolve("data/train/images"));
    Random random = new Random(7);
    StringBuilder metadata = new StringBuilder();
    for (int i = 0; i < 6; i++) {
      BufferedImage image = new BufferedImage(32, 32, BufferedImage.TYPE_BYTE_GRAY);
      for (int pixel = 0; pixel < 32 * 32; pixel++) {
        image.getRaster().setSample(pixel % 32, pixel / 32, 0, random.nextInt(256));
      }
      ImageIO.write(image, "png", images.resolve(i + ".png").toFile());
      metadata.append("{\"file_name\": \"images/%d.png\", \"text\": \"a field\"}\n".formatted(i));
    }
    Files.writeString(folder.resolve("data/train/metadata.jsonl"), metadata);
    Files.writeString(
        folder.resolve("config.yaml"),
        """
        # a tiny run
        version: 1
        name: tiny
        task: autoencoder
        model: model
        data: {train: data/train, resolution: 32}
        components:
          vae_encoder: {train: full}
          vae_decoder: {train: full}
        autoencoder: {crop: 16}
        training: {steps: 40, batch: 2, threads: 1}
        checkpoints: {every: 3}
        """);
    return new TinyTraining(folder);
  }

  Path configuration() {
    return folder.resolve("config.yaml");
  }

  /** The real trainer; {@code fault} is what {@code TINY_TASK} says. */
  Path trainer(String fault) throws IOException {
    return script(
        """
        export TINY_TASK=%s OMP_NUM_THREADS=1
        [ "$2" = sar_trainer ] || exec "%3$s" "$@"
        shift 2
        exec "%3$s" "%2$s/tests/tiny_task.py" "$@"
        """
            .formatted(fault, PROJECT, python()));
  }

  /** A program in the place of Python. */
  Path script(String body) throws IOException {
    assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "needs a POSIX shell");
    Path script = Files.createTempFile(folder, "python", "");
    Files.writeString(script, "#!/bin/sh\n" + body);
    script.toFile().setExecutable(true);
    return script;
  }

  static Path python() {
    String said = System.getenv("SAR_DIFFUSION_PYTHON");
    Path python = said == null ? PROJECT.resolve(".venv/bin/python") : Path.of(said);
    String skip = System.getProperty("skipPython", "false");
    assumeFalse(said == null && !skip.equals("false"), "skipped by -DskipPython");
    assumeTrue(
        Files.isExecutable(python),
        "no Python environment: run training-bridge/python/setup.sh, or set SAR_DIFFUSION_PYTHON");
    return python;
  }
}
