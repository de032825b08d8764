package org.sardiffusion.pipelines.evaluation;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
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
   * a batch's output ({@code manifest.jsonl}), or plain images.
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
    for (Entry entry : entries) {
      consumer.accept(
          new Sample(
              folder.toAbsolutePath().normalize().relativize(entry.file()).toString(),
              entry.labels(),
              entry.caption(),
              AmplitudeFiles.read(entry.file()),
              entry.excluded(),
              Optional.empty()));
    }
  }
}
