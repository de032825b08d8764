package org.sardiffusion.runtime;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.function.Consumer;
import java.util.zip.GZIPInputStream;

/** The tiny bundles of {@code training-bridge/python/goldens}, and copies of them to break. */
public final class TestBundles {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private TestBundles() {}

  /** The folder of a tiny bundle: {@code eps-vae8}, {@code optimum} and so on. */
  public static Path folder(String name) {
    return Path.of("src/test/resources/bundles").resolve(name).toAbsolutePath();
  }

  /** A copy of a bundle in {@code target}, which may be changed. */
  public static Path copy(Path bundle, Path target) throws IOException {
    Files.walkFileTree(
        bundle,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Path copy = target.resolve(bundle.relativize(file).toString());
            Files.createDirectories(copy.getParent());
            // With its time, by which converted weights are known.
            Files.copy(file, copy, StandardCopyOption.COPY_ATTRIBUTES);
            return FileVisitResult.CONTINUE;
          }
        });
    return target;
  }

  /** The golden values of image to image, control and inpainting, and what they need. */
  public static final Path CONTROL = Path.of("src/test/resources/control");

  /** A copy of a bundle in {@code target} with ControlNets baked in. */
  public static Path controlled(String name, Path target) throws IOException {
    copy(folder(name), target);
    for (String file :
        List.of(
            "unet/model_controlnet.onnx", "unet/model_controlnet.onnx_data", "sar_config.json")) {
      try (InputStream packed =
          new GZIPInputStream(Files.newInputStream(CONTROL.resolve(name).resolve(file + ".gz")))) {
        Files.copy(packed, target.resolve(file), StandardCopyOption.REPLACE_EXISTING);
      }
    }
    return target;
  }

  /** Changes a JSON file in place. */
  public static void edit(Path json, Consumer<ObjectNode> change) throws IOException {
    ObjectNode root = (ObjectNode) MAPPER.readTree(json.toFile());
    change.accept(root);
    MAPPER.writeValue(json.toFile(), root);
  }
}
