package org.sardiffusion.pipelines.plan;

import java.util.Optional;
import org.sardiffusion.core.io.Sha256;
import org.sardiffusion.geo.raster.AffineGrid;
import org.sardiffusion.pipelines.ImageInputs;
import org.sardiffusion.pipelines.recipe.Generate;
import org.sardiffusion.pipelines.recipe.ModelStamp;
import org.sardiffusion.pipelines.recipe.RecordedRecipe;
import org.sardiffusion.runtime.diffusion.GenerationRequest;

/**
 * One image of a plan.
 *
 * @param id 16 hexadecimal digits that stand for the label and all that makes the image, whatever
 *     else is planned
 * @param line the line of the prompt list that asks for it, from 1
 * @param label its class; empty if it has none
 * @param split the part of the dataset that it belongs to; empty where nothing is split
 * @param request makes it; of one image
 * @param imageInputs the files that it starts from and follows
 * @param placement where it lies
 */
public record PlannedImage(
    String id,
    int line,
    String label,
    Optional<Split> split,
    GenerationRequest request,
    ImageInputs imageInputs,
    AffineGrid placement) {
  private static final String UNLABELLED = "unlabelled";
  private static final String UNSPLIT = "images";
  private static final int LONGEST_FOLDER = 60;
  private static final int ID_DIGITS = 16;

  /** Stands for all that makes an image, whichever model does and wherever its files lie. */
  static String fingerprint(
      GenerationRequest request, ImageInputs imageInputs, AffineGrid placement) {
    return new Generate(request, imageInputs.withoutPaths(), placement).digest();
  }

  /** What the image carries. */
  public RecordedRecipe recipe(ModelStamp stamp) {
    return new RecordedRecipe(stamp, new Generate(request, imageInputs, placement));
  }

  /** The id of an image with a label and a {@link #fingerprint}. */
  static String id(String label, String fingerprint) {
    return Sha256.hex(label + "\n" + fingerprint).substring(0, ID_DIGITS);
  }

  /** Whether ControlNets are needed. */
  public boolean controlled() {
    return imageInputs.control().isPresent();
  }

  /** The folder of the dataset that the image's split has, {@code images} if it has none. */
  public String root() {
    return split.map(Split::folder).orElse(UNSPLIT);
  }

  /**
   * The image's name without an ending, from {@link #root}: {@code forest/3fa9c1d2e4b50718}, one
   * folder for each label as image folder loaders expect.
   */
  public String name() {
    return labelFolder() + "/" + id;
  }

  private String labelFolder() {
    if (label.isEmpty()) {
      return UNLABELLED;
    }
    String plain = label.replaceAll("[^\\p{L}\\p{N}_-]+", "_");
    if (plain.equals(label) && label.length() <= LONGEST_FOLDER && !label.equals(UNLABELLED)) {
      return label;
    }
    // Labels that look alike once they are made fit for a folder must not share it.
    String cut = plain.substring(0, Math.min(plain.length(), LONGEST_FOLDER));
    return cut + "-" + Sha256.hex(label).substring(0, 6);
  }
}
