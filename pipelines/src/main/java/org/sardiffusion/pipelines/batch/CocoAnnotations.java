package org.sardiffusion.pipelines.batch;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.sardiffusion.runtime.diffusion.ImageSize;

/**
 * A part of a dataset in the format of COCO (Lin et al. 2014, cocodataset.org/#format-data): each
 * image has one annotation with its prompt as the caption and, if it has a label, the label as the
 * category of a box that is the whole image. File names are from the dataset's folder.
 */
final class CocoAnnotations {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final List<DatasetFiles.DatasetImage> images;
  private final List<String> labels;

  CocoAnnotations(List<DatasetFiles.DatasetImage> images) {
    this.images = images;
    this.labels =
        new ArrayList<>(new TreeSet<>(images.stream().map(i -> i.planned().label()).toList()));
    this.labels.remove("");
  }

  ObjectNode toJson() {
    ObjectNode json = MAPPER.createObjectNode();
    json.putObject("info").put("description", "Synthetic radar images, not measurements.");
    json.putArray("licenses");
    ArrayNode files = json.putArray("images");
    ArrayNode annotations = json.putArray("annotations");
    for (int i = 0; i < images.size(); i++) {
      DatasetFiles.DatasetImage image = images.get(i);
      ImageSize size = image.planned().request().size();
      int id = i + 1;
      files
          .addObject()
          .put("id", id)
          .put("file_name", image.file())
          .put("width", size.width())
          .put("height", size.height());
      ObjectNode annotation =
          annotations
              .addObject()
              .put("id", id)
              .put("image_id", id)
              .put("caption", image.planned().request().prompt());
      int category = labels.indexOf(image.planned().label());
      if (category >= 0) {
        annotation.put("category_id", category + 1);
        annotation.putArray("bbox").add(0).add(0).add(size.width()).add(size.height());
        annotation.put("area", (long) size.width() * size.height());
        annotation.put("iscrowd", 0);
      }
    }
    ArrayNode categories = json.putArray("categories");
    for (int i = 0; i < labels.size(); i++) {
      categories.addObject().put("id", i + 1).put("name", labels.get(i));
    }
    return json;
  }
}
