package org.sardiffusion.runtime.weights.adapters;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.sardiffusion.core.io.AtomicMove;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.core.run.Progress;
import org.sardiffusion.runtime.bundle.Bundle;
import org.sardiffusion.runtime.bundle.BundleFolder;
import org.sardiffusion.runtime.bundle.BundlePart;
import org.sardiffusion.runtime.bundle.ModelIdentity;
import org.sardiffusion.runtime.bundle.SarConfig;
import org.sardiffusion.runtime.text.TokenizerExtension;
import org.sardiffusion.runtime.weights.MergedGraph;
import org.sardiffusion.runtime.weights.OnnxGraph;

/**
 * A new bundle with the adapters in its weights, its tokenizers and its {@code sar_config.json}.
 *
 * <p>Weights keep the precision that they have: float16 ones are added to in float32 and rounded
 * once.
 */
public final class MergedBundle {
  private static final ObjectMapper MAPPER = JsonMapper.builder().build();
  private static final List<BundlePart> PARTS =
      List.of(BundlePart.TEXT_ENCODER, BundlePart.TEXT_ENCODER_2, BundlePart.UNET);

  private final AdaptedBundle adapted;
  private final List<AdapterIdentity> identities;

  /**
   * @param adapted the bundle and its changes
   * @param identities what to note as merged
   */
  public MergedBundle(AdaptedBundle adapted, List<AdapterIdentity> identities) {
    this.adapted = adapted;
    this.identities = List.copyOf(identities);
  }

  /**
   * Writes the bundle; it appears when it is complete, or not at all.
   *
   * @param target a folder that is not there yet
   * @param progress hears of each graph in turn
   * @throws AdapterException if the folder is there, or the bundle has graphs that share weights
   * @throws org.sardiffusion.runtime.weights.WeightsException if files can't be read or written
   * @throws org.sardiffusion.core.run.CancelledException when {@code cancellation} is used
   */
  public Bundle write(Path target, Progress progress, Cancellation cancellation) {
    Path folder = target.toAbsolutePath().normalize();
    if (Files.exists(folder)) {
      throw new AdapterException(
          target + " is there already: give a folder that is not, or remove it first.");
    }
    Path partial = folder.resolveSibling("." + folder.getFileName() + "." + UUID.randomUUID());
    try {
      Files.createDirectories(partial);
      fill(partial, folder.getFileName().toString(), progress, cancellation);
      AtomicMove.move(partial, folder);
      return Bundle.open(folder);
    } catch (IOException e) {
      throw new AdapterException("Can't write " + target + ": " + e.getMessage() + ".", e);
    } finally {
      delete(partial);
    }
  }

  private void fill(Path folder, String name, Progress progress, Cancellation cancellation)
      throws IOException {
    Bundle bundle = adapted.bundle();
    Set<Path> replaced = new HashSet<>();
    replaced.add(bundle.root().resolve(SarConfig.FILE_NAME));
    for (BundlePart part : PARTS) {
      if (adapted.changes(part)) {
        OnnxGraph graph = OnnxGraph.read(bundle.graph(part));
        refuseOtherGraphs(graph.file());
        replaced.add(graph.file());
        replaced.addAll(graph.externalFiles());
        MergedGraph.of(graph, adapted.edits(part, graph))
            .into(folder.resolve(part.folder()), progress, cancellation);
      }
    }
    copyOthers(bundle.root(), folder, replaced);
    for (BundlePart part : PARTS) {
      if (!adapted.tokens(part).isEmpty()) {
        extend(folder, part);
      }
    }
    if (Files.exists(bundle.root().resolve(SarConfig.FILE_NAME))) {
      describe(bundle.root().resolve(SarConfig.FILE_NAME), folder, name);
    }
  }

  /** A second graph of a part reads the same data file, and would not be merged. */
  private static void refuseOtherGraphs(Path graph) throws IOException {
    try (Stream<Path> files = Files.list(graph.getParent())) {
      List<String> others =
          files
              .filter(file -> file.toString().endsWith(".onnx") && !file.equals(graph))
              .map(file -> file.getFileName().toString())
              .toList();
      if (!others.isEmpty()) {
        throw new AdapterException(
            graph.getParent()
                + " also holds "
                + String.join(", ", others)
                + ", which shares weights with model.onnx and would be left without the adapters. Add"
                + " them when you generate, or merge before you export with the ControlNet.");
      }
    }
  }

  private static void copyOthers(Path from, Path to, Set<Path> except) throws IOException {
    List<Path> files =
        BundleFolder.files(from).stream().filter(file -> !except.contains(file)).toList();
    for (Path file : files) {
      Path copy = to.resolve(from.relativize(file));
      Files.createDirectories(copy.getParent());
      Files.copy(file, copy);
    }
  }

  private void extend(Path folder, BundlePart part) throws IOException {
    TokenizerExtension.extend(
        folder.resolve(part == BundlePart.TEXT_ENCODER ? "tokenizer" : "tokenizer_2"),
        adapted.tokens(part));
    Path config = folder.resolve(part.folder()).resolve("config.json");
    if (Files.exists(config) && MAPPER.readTree(config.toFile()) instanceof ObjectNode json) {
      json.put("vocab_size", adapted.vocabularySize(part));
      write(config, json);
    }
  }

  private void describe(Path before, Path folder, String name) throws IOException {
    JsonNode read = MAPPER.readTree(before.toFile());
    if (!(read instanceof ObjectNode json)) {
      throw new AdapterException(before + " does not hold a JSON object.");
    }
    json.put("name", name);
    ObjectNode provenance = json.withObject("/provenance");
    ArrayNode merged = provenance.withArray("merged");
    for (AdapterIdentity adapter : identities) {
      merged
          .addObject()
          .put("kind", adapter.kind().id())
          .put("file", adapter.file())
          .put("sha256", adapter.sha256())
          .put("weight", adapter.weight());
    }
    if (adapted.bundle().sar().isPresent()) {
      provenance.put("merged_into", ModelIdentity.of(adapted.bundle()).sha256());
    }
    json.set("files", files(folder));
    write(folder.resolve(SarConfig.FILE_NAME), json);
  }

  private static ObjectNode files(Path folder) throws IOException {
    ObjectNode listed = MAPPER.createObjectNode();
    for (Path file : BundleFolder.files(folder)) {
      String path = BundleFolder.path(folder, file);
      if (!path.equals(SarConfig.FILE_NAME)) {
        listed
            .putObject(path)
            .put("sha256", ModelIdentity.sha256(file))
            .put("bytes", Files.size(file));
      }
    }
    return listed;
  }

  private static void write(Path file, JsonNode json) throws IOException {
    MAPPER.writerWithDefaultPrettyPrinter().writeValue(file.toFile(), json);
  }

  /** Best effort: what can't be deleted must not hide why the merge failed. */
  private static void delete(Path folder) {
    if (Files.notExists(folder)) {
      return;
    }
    try (Stream<Path> walked = Files.walk(folder)) {
      for (Path path : walked.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      // Left behind under a hidden name.
    }
  }
}
