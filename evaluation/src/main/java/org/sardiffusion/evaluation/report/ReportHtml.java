package org.sardiffusion.evaluation.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.sardiffusion.evaluation.Comparison;
import org.sardiffusion.evaluation.EvaluationResult;
import org.sardiffusion.evaluation.internal.crops.CropFeatures;
import org.sardiffusion.evaluation.plot.Svg;

/** A result as one HTML page: styles and plots are inside, scripts and links are not needed. */
final class ReportHtml {
  /** Tables that answer a question of their own and have no plot. */
  private static final Set<String> OPEN = Set.of("augmentation", "spectrum");

  private ReportHtml() {}

  static String of(EvaluationResult result, List<Table> tables, List<Figure> figures) {
    String names =
        result.generated().stream().map(c -> c.set().name()).collect(Collectors.joining(", "));
    boolean compared = result.reference().isPresent();
    Page page =
        new Page(
            "Evaluation of " + names,
            names + (compared ? " beside real images" : ""),
            counts(result));
    page.add(ReportCards.of(result));
    page.section(
        tables.get(0).title(), TableFormat.HTML.write(tables.get(0)) + (compared ? reading() : ""));
    figures.forEach(page::figure);
    for (Table table : tables.subList(1, tables.size())) {
      if (OPEN.contains(table.name())) {
        page.section(table.title(), TableFormat.HTML.write(table));
      } else {
        page.folded(table.title(), TableFormat.HTML.write(table));
      }
    }
    page.section(
        "How this was measured",
        method(result) + spectrum() + twoSample(result) + augmentation(result) + semantics(result));
    return page.toHtml();
  }

  private static String counts(EvaluationResult result) {
    List<String> counts = new ArrayList<>();
    result.reference().ifPresent(r -> counts.add(r.real().all().images() + " real images"));
    for (Comparison c : result.generated()) {
      counts.add(c.set().all().images() + " of " + c.set().name());
    }
    return String.join(" · ", counts);
  }

  private static String reading() {
    return "<p class=\"note\">The row \"real, split halves\" compares every second real image (or"
        + " source of images) with the others: distances as small as these cannot be told from none.</p>\n";
  }

  private static String spectrum() {
    return "<p class=\"note\">Power spectra are those of the same crops as below, each over its mean"
        + " amplitude, under a Hann window, in decibels over white noise of that deviation. A lattice"
        + " line is the frequency whose decibels, averaged over crops of 64 x 64 pixels, stand out most over"
        + " its neighbours on any side: real images have one too, by chance. A bright point is the"
        + " largest pixel around, unsaturated, 9 dB over the mean intensity of the 17 x 17 pixels"
        + " around it.</p>\n";
  }

  private static String twoSample(EvaluationResult result) {
    if (result.reference().isEmpty()) {
      return "";
    }
    var settings = result.settings().twoSample();
    return String.format(
            Locale.ROOT,
            "<p class=\"note\">Up to four crops of %d x %d pixels of at most %d images of each set are"
                + " told apart by their power spectrum, block moments, lagged correlations,"
                + " co-occurrence and amplitude quantiles: by logistic regression (standardised, C ="
                + " %s) and by %d extremely randomised trees, in %d folds that never share an image or"
                + " its source, with seed %d. The interval is Wilson's, each source one trial. A set"
                + " of fewer than %d images is not tested.</p>%n",
            CropFeatures.SIDE,
            CropFeatures.SIDE,
            settings.images(),
            Numbers.shortened(settings.cost()),
            settings.trees(),
            settings.folds(),
            settings.seed(),
            settings.folds())
        .replace(System.lineSeparator(), "\n");
  }

  private static String augmentation(EvaluationResult result) {
    return result
        .settings()
        .augmentation()
        .map(
            settings ->
                "<p class=\"note\">For augmentation, a logistic regression of the same features of"
                    + " crops learns the first label of each image, every label weighing the same;"
                    + " the crops of an image vote. Real images are tested in "
                    + settings.folds()
                    + " folds that never share a source with those learned from (seed "
                    + settings.seed()
                    + "). Labels with fewer than "
                    + settings.fewest()
                    + " images in either set are left out; with fewer than two labels nothing is"
                    + " tried.</p>\n")
        .orElse("");
  }

  private static String semantics(EvaluationResult result) {
    if (result.semantics().isEmpty()) {
      return "<p class=\"note\">Meaning was not measured: no SAR-CLIP model was given.</p>\n";
    }
    var semantics = result.semantics().get();
    return "<p class=\"note\">Cosines, ranks, FID, KID, precision and recall are in the embedding"
        + " space of "
        + Svg.escaped(semantics.model().name())
        + " and cannot be compared with those of another model. An image's own caption is ranked"
        + " among those of "
        + semantics.settings().batch()
        + " images drawn from its set. A label is right when its text (&quot;"
        + Svg.escaped(semantics.settings().template())
        + "&quot;) is nearer than those of the other classes ("
        + Svg.escaped(String.join(", ", semantics.classes()))
        + "). An image is near a real one when their cosine is beyond the 99th percentile of real"
        + " images' cosines to their nearest other: 1 % is what chance gives.</p>\n";
  }

  private static String where(EvaluationResult result) {
    return result
        .settings()
        .segmentation()
        .map(
            sam ->
                "inside the largest segment of each image, from its mask file or else from "
                    + Svg.escaped(sam.model())
                    + " (Segment Anything)")
        .orElse(
            String.format(
                Locale.ROOT,
                "inside the masks where masks were given, else where the mean amplitudes of 16 blocks"
                    + " differ by at most %.0f %% (coefficient of variation)",
                100 * result.settings().texture().patches().tolerance()));
  }

  static String method(EvaluationResult result) {
    var amplitude = result.settings().amplitude();
    var patches = result.settings().texture().patches();
    var glcm = result.settings().texture().glcm();
    return String.format(
            Locale.ROOT,
            "<p class=\"note\">Amplitudes of all pixels of a label are pooled into %d bins over [0, 1];"
                + " saturated ones (%.4f and more) and excluded areas are left out, and the rest is"
                + " renormalised. KL(real ‖ generated) and Jensen-Shannon use natural logarithms; KL"
                + " adds %.0e to every bin first. Fits are of maximum likelihood on 256 grey levels, cut"
                + " at saturation. ENL, mean/std and texture are measured on %d x %d pixel patches:"
                + " %s. The co-occurrence matrices have"
                + " %d levels%s%s. Texture distances are first Wasserstein distances between the values"
                + " over patches, divided by the real patches' standard deviation.</p>%n",
            amplitude.bins(),
            amplitude.saturation(),
            amplitude.epsilon(),
            patches.side(),
            patches.side(),
            where(result),
            glcm.levels(),
            glcm.symmetry() == org.sardiffusion.evaluation.texture.GlcmSettings.Symmetry.SYMMETRIC
                ? ", symmetric"
                : "",
            glcm.window() > 0 ? ", in windows of " + glcm.window() + " pixels" : "")
        .replace(System.lineSeparator(), "\n");
  }
}
