package org.sardiffusion.pipelines.plan;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.pipelines.InputFile;
import org.sardiffusion.pipelines.InputImages;
import org.sardiffusion.pipelines.list.PromptListException;
import org.sardiffusion.runtime.diffusion.InitImage;

/** The images that a list names, found from the list's folder; each is read once. */
final class InputFiles {
  private final Path list;
  private final Map<Path, InputFile> files = new HashMap<>();
  private final Map<Path, Known> starts = new HashMap<>();
  private final Map<Path, Size> controls = new HashMap<>();

  /** An image to start from. */
  record Known(Size size, boolean gaps) {}

  /**
   * @param list the prompt list
   */
  InputFiles(Path list) {
    this.list = list;
  }

  /**
   * The file that a list names; absolute, so that the recipe finds it again from any folder.
   *
   * @throws org.sardiffusion.runtime.diffusion.GenerationException if there is none
   * @throws PromptListException if no file can have that name
   */
  InputFile file(String name) {
    return files.computeIfAbsent(path(name), InputFile::of);
  }

  private Path path(String name) {
    try {
      return list.toAbsolutePath().resolveSibling(name.strip()).normalize();
    } catch (InvalidPathException e) {
      throw new PromptListException("No file can have the name of its image: " + e.getReason(), e);
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
          return new Known(image.size(), image.hasGaps());
        });
  }

  /** The size of a control image, likewise. */
  Size control(InputFile file) {
    return controls.computeIfAbsent(file.path(), path -> InputImages.control(path).size());
  }
}
