package org.sardiffusion.pipelines.internal.dataset;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.sardiffusion.core.raster.Size;

/**
 * A part of a dataset in the format of COCO (Lin et al. 2014, cocodataset.org/#format-data): each
 * image has one annotation with its prompt as the caption and its label as the category of a box
 * that is the whole image; images without a label have the category {@code unlabelled}, as
 * pycocotools wants one for each. File names are from the dataset's folder.
 */
final class CocoAnnotations {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String UNLABELLED = "unlabelled";

  private final List<DatasetImage> images;
  private final List<String> labels;

  CocoAnnotations(List<DatasetImage> images) {
    this.images = images;
    this.labels =
        new ArrayList<>(new TreeSet<>(images.stream().map(CocoAnnotations::label).toList()));
  }

  ObjectNode toJson() {
    ObjectNode json = MAPPER.createObjectNode();
    json.putObject("info").put("description", "Synthetic radar images, not measurements.");
    json.putArray("licenses");
    ArrayNode files = json.putArray("images");
    ArrayNode annotations = json.putArray("annotations");
    for (int i = 0; i < images.size(); i++) {
      DatasetImage image = images.get(i);
      Size size = image.planned().request().size();
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
              .put("caption", image.planned().request().prompt().text());
      annotation.put("category_id", labels.indexOf(label(image)) + 1);
      int width = size.width();
      int height = size.height();
      annotation.putArray("bbox").add(0).add(0).add(width).add(height);
      ArrayNode outline = annotation.putArray("segmentation").addArray();
      for (int side : new int[] {0, 0, width, 0, width, height, 0, height}) {
        outline.add(side);
      }
      annotation.put("area", (long) width * height);
      annotation.put("iscrowd", 0);
    }
    ArrayNode categories = json.putArray("categories");
    for (int i = 0; i < labels.size(); i++) {
      categories.addObject().put("id", i + 1).put("name", labels.get(i));
    }
    return json;
  }

  private static String label(DatasetImage image) {
    String label = image.planned().label();
    return label.isEmpty() ? UNLABELLED : label;
  }
}
