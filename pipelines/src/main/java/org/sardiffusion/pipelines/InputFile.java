package org.sardiffusion.pipelines;

import java.nio.file.Files;
import java.nio.file.Path;
import org.sardiffusion.pipelines.recipe.RecipeException;
import org.sardiffusion.runtime.bundle.ModelIdentity;
import org.sardiffusion.runtime.diffusion.GenerationException;

/**
 * A file that an image is made from, told from others by its content.
 *
 * @param path where it is, or was
 * @param sha256 SHA-256 of its content, 64 hexadecimal digits
 */
public record InputFile(Path path, String sha256) {

  /**
   * A file as it is now.
   *
   * @throws GenerationException if there is no such file
   */
  public static InputFile of(Path path) {
    if (!Files.isRegularFile(path)) {
      throw new GenerationException("There is no file " + path + ".");
    }
    return new InputFile(path, ModelIdentity.sha256(path));
  }

  /**
   * The same file found again: where it was, or beside an image that was made from it.
   *
   * @param image the image that was made from it
   * @throws RecipeException if it is in neither place, or its content is another
   */
  public InputFile foundFor(Path image) {
    Path beside = image.toAbsolutePath().resolveSibling(path.getFileName());
    Path found = Files.isRegularFile(path) ? path : beside;
    if (!Files.isRegularFile(found)) {
      throw new RecipeException(
          image
              + " was made from "
              + path
              + " (SHA-256 "
              + sha256
              + "), which is not there any more: put it back, or beside "
              + image
              + ".");
    }
    String now = ModelIdentity.sha256(found);
    if (!now.equals(sha256)) {
      throw new RecipeException(
          image
              + " was made from "
              + path
              + ", but "
              + found
              + " has changed since (its SHA-256 was "
              + sha256
              + ", and is "
              + now
              + "): put the former file back.");
    }
    return new InputFile(found, sha256);
  }

  /**
   * Makes sure that the file is still what it was.
   *
   * @throws GenerationException if its content is another by now, or it is gone
   */
  void requireUnchanged() {
    if (!of(path).sha256().equals(sha256)) {
      throw new GenerationException(
          path
              + " has changed since the work was planned: put the former file back, or plan anew.");
    }
  }

  InputFile withoutPath() {
    return new InputFile(Path.of(""), sha256);
  }
}
