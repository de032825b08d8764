package org.sardiffusion.pipelines.evaluation;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.sardiffusion.core.raster.AmplitudeRaster;
import org.sardiffusion.evaluation.Description;
import org.sardiffusion.evaluation.EvaluationException;
import org.sardiffusion.evaluation.Sample;
import org.sardiffusion.evaluation.SampleSet;

/** The images of a folder, read one after the other in the order of its list. */
public final class ImageFolder implements SampleSet {
  private final String name;
  private final Path folder;
  private final List<Entry> entries;

  private ImageFolder(String name, Path folder, List<Entry> entries) {
    this.name = name;
    this.folder = folder;
    this.entries = entries;
  }

  /**
   * Lists a folder: a Hugging Face image folder ({@code metadata.jsonl}, also one for each split),
   * a batch's output ({@code manifest.jsonl}), or plain images. A folder {@code masks} in it holds
   * segmentations of them ({@code masks/NAME.png} or {@code masks/NAME/*.png} for {@code NAME.*}).
   *
   * @param name what the report calls it
   * @throws EvaluationException if it has no images, or its list cannot be understood
   */
  public static ImageFolder open(String name, Path folder) {
    return new ImageFolder(name, folder, FolderIndex.of(folder));
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public long size() {
    return entries.size();
  }

  @Override
  public void forEach(Consumer<Sample> consumer) {
    Path absolute = folder.toAbsolutePath().normalize();
    SegmentMasks masks = SegmentMasks.of(absolute);
    for (Entry entry : entries) {
      String file = absolute.relativize(entry.file()).toString();
      AmplitudeRaster amplitude = AmplitudeFiles.read(entry.file());
      consumer.accept(
          new Sample(
              new Description(file, entry.source().orElse(file), entry.labels(), entry.caption()),
              amplitude,
              entry.excluded(),
              masks.largest(file, amplitude)));
    }
  }
}
