package org.sardiffusion.geo.internal.terrasarx;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.sardiffusion.geo.MalformedFileException;

/** Opens TerraSAR-X, TanDEM-X and PAZ level 1b products. */
public final class TerraSarX {
  private TerraSarX() {}

  /** Whether a file begins as XML does, which an annotation is. */
  public static boolean begins(byte[] start) {
    String text = new String(start, StandardCharsets.UTF_8).replace("\uFEFF", "").stripLeading();
    return text.startsWith("<?xml") || text.startsWith("<level1Product") || text.startsWith("<!");
  }

  /**
   * Whether a path may name a product: a folder, or a file that begins as XML does.
   *
   * @throws MalformedFileException if it cannot be read
   */
  public static boolean isProduct(Path path) {
    if (Files.isDirectory(path)) {
      return true;
    }
    try (InputStream bytes = Files.newInputStream(path)) {
      return begins(bytes.readNBytes(16));
    } catch (IOException e) {
      throw new MalformedFileException(path, e.getMessage() + ".", e);
    }
  }

  /**
   * Opens a product: reads its annotations, not its images.
   *
   * @param path the main annotation, {@code TSX1_SAR__....xml}, or the folder that holds it
   * @throws MalformedFileException if it is no such product, or broken
   */
  public static TerraSarXProduct open(Path path) {
    return new TerraSarXProduct(Annotation.read(annotation(path)));
  }

  /**
   * The main annotation of a product.
   *
   * @param path the annotation itself, or the folder that holds it
   * @throws MalformedFileException if the folder holds none, or several
   */
  public static Path annotation(Path path) {
    return Files.isDirectory(path) ? within(path) : path;
  }

  /** The only {@code .xml} file at the top of a folder, but for those that GDAL leaves behind. */
  private static Path within(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      List<Path> annotations =
          files
              .filter(f -> f.getFileName().toString().endsWith(".xml"))
              .filter(f -> !f.getFileName().toString().endsWith(".aux.xml"))
              .sorted()
              .toList();
      if (annotations.size() == 1) {
        return annotations.get(0);
      }
      throw new MalformedFileException(
          folder,
          "it is a folder with "
              + annotations.size()
              + " .xml files, where that of a TerraSAR-X product has one. Name the image, or the"
              + " product's main annotation.");
    } catch (IOException e) {
      throw new MalformedFileException(folder, e.getMessage() + ".", e);
    }
  }
}
