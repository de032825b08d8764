package org.sardiffusion.cli;

import java.nio.file.Path;
import java.util.List;
import org.sardiffusion.pipelines.recipe.RecordedRecipe;
import org.sardiffusion.runtime.parameter.Overrides;
import org.sardiffusion.runtime.parameter.Parameter;

/**
 * An image that is to be made again, or one like it.
 *
 * @param image carries the recipe
 * @param recipe what it says
 */
record Replay(Path image, RecordedRecipe recipe) {
  static Replay of(Path image) {
    return new Replay(image, RecordedRecipe.of(image));
  }

  /**
   * The recipe, if it is of a kind.
   *
   * @throws org.sardiffusion.pipelines.recipe.RecipeException if it is of another; it says which
   *     command makes such an image
   */
  <R> R as(Class<R> kind) {
    if (!kind.isInstance(recipe.recipe())) {
      throw new org.sardiffusion.pipelines.recipe.RecipeException(
          image
              + " was made by \""
              + recipe.recipe().task()
              + "\": make it again with sar-diffusion "
              + command()
              + ".");
    }
    return kind.cast(recipe.recipe());
  }

  private String command() {
    return switch (recipe.recipe().task()) {
      case "refinement" -> "upscale or refine, --from";
      case "scene" -> "scene --from";
      default -> "generate --from";
    };
  }

  /** Sentences on what is asked for otherwise than in the recipe. */
  List<String> differences(Overrides made, Overrides given) {
    return given.parameters().stream()
        .filter(parameter -> !made.get(parameter).equals(given.get(parameter)))
        .map(parameter -> difference(parameter, made, given))
        .toList();
  }

  private <T> String difference(Parameter<T> parameter, Overrides made, Overrides given) {
    return "Unlike "
        + image
        + ": "
        + parameter.words()
        + " "
        + text(parameter, given)
        + ", not "
        + (made.get(parameter).isPresent() ? text(parameter, made) : "given")
        + ".";
  }

  private static <T> String text(Parameter<T> parameter, Overrides values) {
    return parameter.write(values.get(parameter).orElseThrow()).toString();
  }
}
