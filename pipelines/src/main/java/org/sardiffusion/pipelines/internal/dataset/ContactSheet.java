package org.sardiffusion.pipelines.internal.dataset;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.sardiffusion.pipelines.plan.Split;
import org.sardiffusion.pipelines.recipe.ModelStamp;

/**
 * The dataset as one page that needs no network: thumbnails by label, filters, and each image's
 * recipe. The page's frame is the resource {@code contact-sheet.html}; the images go into it as
 * JSON.
 */
final class ContactSheet {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String FRAME = "contact-sheet.html";

  private final Path folder;
  private final List<DatasetImage> images;
  private final ModelStamp stamp;

  ContactSheet(Path folder, List<DatasetImage> images, ModelStamp stamp) {
    this.folder = folder;
    this.images = images;
    this.stamp = stamp;
  }

  String toHtml() {
    ObjectNode json = MAPPER.createObjectNode();
    json.put("name", StacCollection.name(folder));
    json.put("model", stamp.model().name());
    ArrayNode list = json.putArray("images");
    for (DatasetImage image : images) {
      ObjectNode entry = list.addObject();
      entry.put("file", image.file());
      entry.put("thumbnail", image.thumbnail());
      entry.put("label", image.planned().label());
      entry.put("split", image.planned().split().map(Split::folder).orElse(""));
      entry.put("mean", image.statistics().mean());
      entry.put("std", image.statistics().deviation());
      entry.put("width", image.planned().request().size().width());
      entry.put("height", image.planned().request().size().height());
      try {
        entry.set("recipe", MAPPER.readTree(image.planned().recipe(stamp).toJson()));
      } catch (JsonProcessingException e) {
        throw new IllegalStateException("A recipe is JSON.", e);
      }
    }
    // In a script element only "<" could end the data early.
    return frame().replace("\"@DATA@\"", json.toString().replace("<", "\\u003c"));
  }

  private static String frame() {
    try (InputStream in = ContactSheet.class.getResourceAsStream(FRAME)) {
      if (in == null) {
        throw new IllegalStateException("The build lacks " + FRAME + ".");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException("The build's " + FRAME + " can't be read.", e);
    }
  }
}
