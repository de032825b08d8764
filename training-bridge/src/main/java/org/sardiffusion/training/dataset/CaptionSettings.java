package org.sardiffusion.training.dataset;

import java.util.Optional;
import org.sardiffusion.core.SarDiffusionException.Kind;

/**
 * Where captions and labels come from.
 *
 * @param book captions of sources or patches; they go before the captioner's
 * @param captioner writes those that the book lacks
 * @param labels finds the categories in captions, where the book does not give them
 * @param template what a caption becomes; {@code {caption}} stands for it
 * @param uncaptioned what becomes of patches without a caption
 */
public record CaptionSettings(
    CaptionBook book,
    Optional<Captioner> captioner,
    LabelDictionary labels,
    String template,
    Uncaptioned uncaptioned) {
  /** Stands for the caption in a template. */
  public static final String PLACE = "{caption}";

  /**
   * @throws DatasetException if the template has no place for the caption
   */
  public CaptionSettings {
    if (!template.contains(PLACE)) {
      throw new DatasetException(
          Kind.USAGE,
          "The caption template \"" + template + "\" does not say where " + PLACE + " goes.");
    }
  }

  /** Captions of a list as they are, all needed; the standard labels. */
  public static CaptionSettings of(CaptionBook book) {
    return new CaptionSettings(
        book, Optional.empty(), LabelDictionary.standard(), PLACE, Uncaptioned.FAIL);
  }

  public String text(String caption) {
    return caption.isEmpty() ? "" : template.replace(PLACE, caption);
  }
}
