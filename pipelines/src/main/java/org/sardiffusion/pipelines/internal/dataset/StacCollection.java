package org.sardiffusion.pipelines.internal.dataset;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.sardiffusion.geo.files.CollectionReference;
import org.sardiffusion.pipelines.recipe.ModelStamp;

/**
 * The STAC 1.1 collection of the items beside the GeoTIFFs (radiantearth/stac-spec 1.1.0, {@code
 * collection-spec}). Images without a place make its extent the whole Earth; images picture no
 * moment, so the interval is that of their items.
 */
public final class StacCollection {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final Path folder;
  private final List<DatasetImage> images;
  private final ModelStamp stamp;

  StacCollection(Path folder, List<DatasetImage> images, ModelStamp stamp) {
    this.folder = folder;
    this.images = images;
    this.stamp = stamp;
  }

  ObjectNode toJson() {
    String name = name(folder);
    ObjectNode json = MAPPER.createObjectNode();
    json.put("type", "Collection").put("stac_version", "1.1.0").put("id", name);
    json.put("title", name);
    json.put(
        "description",
        "Synthetic radar images, not measurements, made by " + stamp.model().name() + ".");
    json.put("license", "other");
    ObjectNode extent = json.putObject("extent");
    ArrayNode box = extent.putObject("spatial").putArray("bbox").addArray();
    for (double side : box()) {
      box.add(side);
    }
    extent
        .putObject("temporal")
        .putArray("interval")
        .addArray()
        .add("1970-01-01T00:00:00Z")
        .add("9999-12-31T23:59:59Z");
    ArrayNode links = json.putArray("links");
    link(links, "root", "./collection.json", "application/json");
    images.forEach(
        image ->
            image.files().stream()
                .map(WrittenFile::path)
                .filter(path -> path.endsWith(".stac.json"))
                .forEach(path -> link(links, "item", "./" + path, "application/geo+json")));
    return json;
  }

  /** What the items say of the collection of a dataset; they lie two folders below it. */
  public static CollectionReference reference(Path folder) {
    return new CollectionReference(name(folder), "../../collection.json");
  }

  static String name(Path folder) {
    Path name = folder.toAbsolutePath().normalize().getFileName();
    return name == null ? "dataset" : name.toString();
  }

  private static void link(ArrayNode links, String relation, String address, String type) {
    links.addObject().put("rel", relation).put("href", address).put("type", type);
  }

  /** West, south, east, north, in degrees. */
  private double[] box() {
    double[] box = {180, 90, -180, -90};
    for (DatasetImage image : images) {
      var size = image.planned().request().size();
      Optional<double[]> placed = image.planned().placement().outline(size.width(), size.height());
      if (placed.isEmpty()) {
        return new double[] {-180, -90, 180, 90};
      }
      double[] outline = placed.get();
      for (int i = 0; i < outline.length; i += 2) {
        box[0] = Math.min(box[0], outline[i]);
        box[1] = Math.min(box[1], outline[i + 1]);
        box[2] = Math.max(box[2], outline[i]);
        box[3] = Math.max(box[3], outline[i + 1]);
      }
    }
    return images.isEmpty() ? new double[] {-180, -90, 180, 90} : box;
  }
}
