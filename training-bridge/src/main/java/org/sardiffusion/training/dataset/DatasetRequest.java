package org.sardiffusion.training.dataset;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.sardiffusion.core.SarDiffusionException.Kind;
import org.sardiffusion.geo.SampleType;

/**
 * Everything that decides what a training set holds.
 *
 * @param inputs image files, and folders that are searched for such
 * @param out the folder to make
 * @param preparation to amplitude at the target spacing
 * @param grid how prepared images are cut
 * @param limits which patches are good enough
 * @param type how a patch is stored: {@link SampleType#UINT8} or {@link SampleType#UINT16}
 * @param split who goes where
 * @param captions words for it
 * @param scratch an existing folder for temporary files; empty for one beside {@code out}
 * @param existing what to do with what is there
 */
public record DatasetRequest(
    List<Path> inputs,
    Path out,
    Preparation preparation,
    PatchGrid grid,
    QualityLimits limits,
    SampleType type,
    SplitSettings split,
    CaptionSettings captions,
    Optional<Path> scratch,
    Existing existing) {
  /**
   * @throws DatasetException if there is no input, or the type is not one of integers
   */
  public DatasetRequest {
    inputs = List.copyOf(inputs);
    if (inputs.isEmpty()) {
      throw new DatasetException(Kind.USAGE, "Name at least one image, or a folder of images.");
    }
    if (!type.isInteger()) {
      throw new DatasetException(
          Kind.USAGE, "Patches are stored in 8 or 16 bits, not as " + type + ".");
    }
  }

  /** The paper's settings: 0.40 m, patches of 1024 x 1024, 8 bits, 80/10/10 % by file. */
  public static DatasetRequest standard(List<Path> inputs, Path out, CaptionBook captions) {
    return new DatasetRequest(
        inputs,
        out,
        Preparation.standard(),
        PatchGrid.paper(),
        QualityLimits.standard(),
        SampleType.UINT8,
        SplitSettings.standard(),
        CaptionSettings.of(captions),
        Optional.empty(),
        Existing.REFUSE);
  }

  /** The same with another preparation. */
  public DatasetRequest with(Preparation other) {
    return new DatasetRequest(
        inputs, out, other, grid, limits, type, split, captions, scratch, existing);
  }

  /** The same with other patches. */
  public DatasetRequest with(PatchGrid other) {
    return new DatasetRequest(
        inputs, out, preparation, other, limits, type, split, captions, scratch, existing);
  }

  /** The same with other limits. */
  public DatasetRequest with(QualityLimits other) {
    return new DatasetRequest(
        inputs, out, preparation, grid, other, type, split, captions, scratch, existing);
  }

  /** The same stored otherwise. */
  public DatasetRequest with(SampleType other) {
    return new DatasetRequest(
        inputs, out, preparation, grid, limits, other, split, captions, scratch, existing);
  }

  /** The same split otherwise. */
  public DatasetRequest with(SplitSettings other) {
    return new DatasetRequest(
        inputs, out, preparation, grid, limits, type, other, captions, scratch, existing);
  }

  /** The same with other captions. */
  public DatasetRequest with(CaptionSettings other) {
    return new DatasetRequest(
        inputs, out, preparation, grid, limits, type, split, other, scratch, existing);
  }

  /** The same with temporary files elsewhere. */
  public DatasetRequest withScratch(Path folder) {
    return new DatasetRequest(
        inputs,
        out,
        preparation,
        grid,
        limits,
        type,
        split,
        captions,
        Optional.of(folder),
        existing);
  }

  /** The same with another way with what is there. */
  public DatasetRequest with(Existing other) {
    return new DatasetRequest(
        inputs, out, preparation, grid, limits, type, split, captions, scratch, other);
  }
}
