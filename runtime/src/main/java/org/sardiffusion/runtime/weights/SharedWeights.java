package org.sardiffusion.runtime.weights;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The weights that a second graph reads from the data file of a first one, which has been converted
 * already: the second conversion refers to the first one's result instead of writing them again.
 */
final class SharedWeights {
  /** For a graph that shares nothing. */
  static final SharedWeights NONE = new SharedWeights();

  private final Map<Place, Converted> places = new HashMap<>();
  private final Set<Path> files = new TreeSet<>();

  private record Place(Path file, long offset) {}

  /** Where a converted weight lies. */
  record Converted(Path file, long offset, long length) {}

  private SharedWeights() {}

  /**
   * @param first the graph that was converted
   * @param converted what it became
   */
  SharedWeights(OnnxGraph first, OnnxGraph converted) {
    for (Initializer before : first.initializers().values()) {
      Initializer after = converted.initializers().get(before.name());
      if (after != null
          && before.type() == ElementType.FLOAT16
          && after.type() == ElementType.FLOAT
          && before.location() instanceof Initializer.Location.External from
          && after.location() instanceof Initializer.Location.External to) {
        places.put(
            new Place(from.file(), from.offset()),
            new Converted(to.file(), to.offset(), after.byteLength()));
        files.add(to.file());
      }
    }
  }

  /** Where a weight lies converted, if it is one of the shared ones. */
  Optional<Converted> find(Initializer weight) {
    return weight.type() == ElementType.FLOAT16
            && weight.location() instanceof Initializer.Location.External external
        ? Optional.ofNullable(places.get(new Place(external.file(), external.offset())))
            .filter(there -> there.length() == 2 * weight.byteLength())
        : Optional.empty();
  }

  /**
   * Makes the shared data files appear in a folder: graphs may only name files beside them. As
   * second names of the same bytes where the disk knows such links, else as copies.
   */
  void linkInto(Path folder) throws IOException {
    for (Path file : files) {
      Path link = folder.resolve(file.getFileName());
      try {
        Files.createLink(link, file);
      } catch (UnsupportedOperationException | IOException e) {
        Files.copy(file, link);
      }
    }
  }
}
