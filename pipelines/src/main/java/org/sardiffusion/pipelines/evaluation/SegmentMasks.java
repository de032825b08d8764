package org.sardiffusion.pipelines.evaluation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.sardiffusion.core.raster.AmplitudeRaster;
import org.sardiffusion.evaluation.EvaluationException;
import org.sardiffusion.geo.files.Rasters;
import org.sardiffusion.geo.raster.ComplexRaster;
import org.sardiffusion.geo.raster.Raster;

/**
 * The masks that a segmentation (Segment Anything's or another) gave of a folder's images, in its
 * folder {@code masks}. Of the image {@code a/b.png} they are {@code masks/a/b.png}, a picture
 * whose grey levels number the segments (0 is none), or {@code masks/a/b/*.png}, a picture for each
 * segment (as Segment Anything's {@code scripts/amg.py} writes them). The largest segment counts,
 * as in section 4.3 of the paper.
 */
final class SegmentMasks {
  static final String FOLDER = "masks";

  private final Path folder;

  private SegmentMasks(Path folder) {
    this.folder = folder;
  }

  /**
   * @param images the folder of images, absolute
   */
  static SegmentMasks of(Path images) {
    return new SegmentMasks(images.resolve(FOLDER));
  }

  /**
   * The largest segment of an image.
   *
   * @param name of the image, relative to its folder
   * @return a value for each pixel; empty if there are no masks of it
   * @throws EvaluationException if a mask is of another size than the image
   */
  Optional<boolean[]> largest(String name, AmplitudeRaster image) {
    int dot = name.lastIndexOf('.');
    String stem = dot < 0 ? name : name.substring(0, dot);
    Segment largest = new Segment(new boolean[0], 0);
    for (Path file : files(stem)) {
      Segment segment = largestOf(file, image);
      largest = segment.area() > largest.area() ? segment : largest;
    }
    return largest.area() == 0 ? Optional.empty() : Optional.of(largest.inside());
  }

  private record Segment(boolean[] inside, long area) {}

  private List<Path> files(String stem) {
    List<Path> files = new ArrayList<>();
    Path single = folder.resolve(stem + ".png");
    if (Files.isRegularFile(single)) {
      files.add(single);
    }
    Path several = folder.resolve(stem);
    if (Files.isDirectory(several)) {
      try (Stream<Path> masks = Files.list(several)) {
        masks.filter(m -> m.toString().endsWith(".png")).sorted().forEach(files::add);
      } catch (IOException e) {
        throw new EvaluationException("Cannot read the masks in " + several + ".", e);
      }
    }
    return files;
  }

  private static Segment largestOf(Path file, AmplitudeRaster image) {
    float[] numbers = new float[image.samples().length];
    try (Raster mask = Rasters.open(file)) {
      if (mask instanceof ComplexRaster
          || mask.width() != image.width()
          || mask.height() != image.height()) {
        throw new EvaluationException(
            "The mask "
                + file
                + " has "
                + mask.width()
                + "x"
                + mask.height()
                + " pixels, its image "
                + image.width()
                + "x"
                + image.height()
                + ". Make it from the image as it is.");
      }
      mask.readRows(0, mask.height(), numbers);
    }
    Map<Float, Long> areas = new HashMap<>();
    for (float number : numbers) {
      areas.merge(number, 1L, Long::sum);
    }
    areas.remove(0f);
    areas.remove(Float.NaN);
    Optional<Map.Entry<Float, Long>> largest =
        areas.entrySet().stream()
            .max(
                Map.Entry.<Float, Long>comparingByValue()
                    .thenComparing(Map.Entry.comparingByKey()));
    boolean[] inside = new boolean[numbers.length];
    for (int i = 0; i < inside.length && largest.isPresent(); i++) {
      inside[i] = numbers[i] == largest.get().getKey();
    }
    return new Segment(inside, largest.map(Map.Entry::getValue).orElse(0L));
  }
}
