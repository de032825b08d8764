package org.sardiffusion.pipelines;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.runtime.diffusion.InitImage;
import org.sardiffusion.runtime.parameter.ParameterException;

/**
 * The images that generations start from and follow, by the names they are given; each is read
 * once.
 */
public final class InputFiles {
  private final Path base;
  private final Map<Path, InputFile> files = new HashMap<>();
  private final Map<Path, Known> starts = new HashMap<>();
  private final Map<Path, Size> controls = new HashMap<>();

  /** An image to start from. */
  record Known(Size size, boolean nodata) {}

  private InputFiles(Path base) {
    this.base = base;
  }

  /** Files named from the working folder. */
  public static InputFiles ofWorkingFolder() {
    return new InputFiles(Path.of("any"));
  }

  /** Files that a list names, from the list's folder. */
  public static InputFiles of(Path list) {
    return new InputFiles(list.toAbsolutePath());
  }

  /**
   * The file of a name.
   *
   * @throws org.sardiffusion.runtime.diffusion.GenerationException if there is none
   * @throws ParameterException if no file can have that name
   */
  InputFile file(String name) {
    return files.computeIfAbsent(path(name), InputFile::of);
  }

  private Path path(String name) {
    try {
      return base.resolveSibling(name.strip()).normalize();
    } catch (InvalidPathException e) {
      throw new ParameterException(
          "No file can have the name of its image: " + e.getReason() + ".");
    }
  }

  /**
   * What an image to start from is like.
   *
   * @throws org.sardiffusion.core.SarDiffusionException if it can't be read
   */
  Known start(InputFile file) {
    return starts.computeIfAbsent(
        file.path(),
        path -> {
          InitImage image = InputImages.init(path);
          return new Known(image.size(), image.hasNodata());
        });
  }

  /** The size of a control image, likewise. */
  Size control(InputFile file) {
    return controls.computeIfAbsent(file.path(), path -> InputImages.control(path).size());
  }

  /** Whether there is a file of that very name. */
  boolean exists(String name) {
    return java.nio.file.Files.exists(path(name));
  }
}
