package org.sardiffusion.pipelines;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.sardiffusion.core.SarDiffusionException;
import org.sardiffusion.pipelines.ModelInspection.Graph;
import org.sardiffusion.runtime.bundle.Bundle;
import org.sardiffusion.runtime.bundle.BundleException;
import org.sardiffusion.runtime.bundle.BundlePart;
import org.sardiffusion.runtime.weights.Precision;

/** A model in a list of models. */
public sealed interface ListedModel {

  /** The bundle's folder. */
  Path folder();

  /**
   * One that can be opened.
   *
   * @param name the model's name
   * @param folder the bundle's folder
   * @param precision of the UNet's weights
   * @param parameters number of floating-point weights in all graphs
   * @param bytes of all graphs and their external data
   */
  record Usable(String name, Path folder, Precision precision, long parameters, long bytes)
      implements ListedModel {}

  /**
   * One that can't.
   *
   * @param folder the bundle's folder
   * @param problem what is wrong, and what to do
   */
  record Broken(Path folder, String problem) implements ListedModel {}

  /** Looks at the bundle in {@code folder}. */
  static ListedModel of(Path folder) {
    try {
      Bundle bundle = Bundle.open(folder);
      List<Graph> graphs =
          Arrays.stream(BundlePart.values())
              .filter(bundle::has)
              .map(part -> Graph.of(bundle, part))
              .toList();
      return new Usable(
          bundle.name(),
          bundle.root(),
          graphs.stream()
              .filter(graph -> graph.part() == BundlePart.UNET)
              .findFirst()
              .orElseThrow()
              .precision(),
          graphs.stream().mapToLong(Graph::parameters).sum(),
          graphs.stream().mapToLong(Graph::bytes).sum());
    } catch (SarDiffusionException e) {
      return new Broken(folder, e.getMessage());
    }
  }

  /**
   * The bundles directly under {@code folder}, by name: its folders that hold a {@code
   * model_index.json}. A folder that is a bundle itself is the only one.
   *
   * @throws BundleException if the folder can't be read
   */
  static List<ListedModel> in(Path folder) {
    if (isBundle(folder)) {
      return List.of(of(folder));
    }
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.filter(ListedModel::isBundle).sorted().map(ListedModel::of).toList();
    } catch (IOException e) {
      throw new BundleException(
          "Can't list the models in " + folder + ": there is no such folder, or it can't be read.",
          e);
    }
  }

  private static boolean isBundle(Path folder) {
    return Files.isRegularFile(folder.resolve("model_index.json"));
  }
}
