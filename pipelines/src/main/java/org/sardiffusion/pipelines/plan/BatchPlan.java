package org.sardiffusion.pipelines.plan;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.sardiffusion.core.Remedy;
import org.sardiffusion.core.SarDiffusionException;
import org.sardiffusion.core.io.Sha256;
import org.sardiffusion.geo.raster.AffineGrid;
import org.sardiffusion.pipelines.ImageInputs;
import org.sardiffusion.pipelines.InputFiles;
import org.sardiffusion.pipelines.list.Combination;
import org.sardiffusion.pipelines.list.Grid;
import org.sardiffusion.pipelines.list.PromptLine;
import org.sardiffusion.pipelines.list.PromptList;
import org.sardiffusion.pipelines.list.PromptListException;
import org.sardiffusion.pipelines.list.RejectedLine;
import org.sardiffusion.pipelines.plan.SeedRule.Position;
import org.sardiffusion.runtime.diffusion.BatchKey;
import org.sardiffusion.runtime.diffusion.GenerationRequest;

/**
 * Every image of a batch, before the first is made: the same list and settings give the same plan.
 *
 * <pre>{@code
 * PlanSettings settings =
 *     PlanSettings.of(new Size(256, 256), Sampling.defaults(bundle), AffineGrid.unreferenced(0.4));
 * BatchPlan plan = BatchPlan.of(PromptList.read(Path.of("prompts.csv")), settings).withUsualBatchSize();
 * }</pre>
 *
 * @param images what to make, in the list's order, each once
 * @param rejected the lines that no image can be made of
 * @param repeated how many more images the list asks for that equal others in everything
 * @param batchSize how many images are made at once where they allow it, at least 1
 */
public record BatchPlan(
    List<PlannedImage> images, List<RejectedLine> rejected, int repeated, int batchSize) {
  private static final int MOST_AT_ONCE = 8;
  private static final long PIXELS_AT_ONCE = 512 * 512;

  public BatchPlan {
    if (batchSize < 1) {
      throw new BatchException("At least 1 image is made at once, not " + batchSize + ".");
    }
    images = List.copyOf(images);
    rejected = List.copyOf(rejected);
  }

  /**
   * Plans a list, its images to be made one by one.
   *
   * @throws PromptListException if the list asks for more images than the settings allow
   */
  public static BatchPlan of(PromptList list, PlanSettings settings) {
    return new Planning(settings, list).plan(list);
  }

  /** The same images, so many at once. */
  public BatchPlan withBatchSize(int images) {
    return new BatchPlan(this.images, rejected, repeated, images);
  }

  /**
   * As many images at once as is fastest on a processor without taking much memory: small images
   * leave its cores waiting when they are made alone.
   */
  public BatchPlan withUsualBatchSize() {
    long largest =
        images.stream()
            .mapToLong(i -> (long) i.request().size().width() * i.request().size().height())
            .max()
            .orElse(1);
    return withBatchSize((int) Math.max(1, Math.min(MOST_AT_ONCE, PIXELS_AT_ONCE / largest)));
  }

  /** SHA-256 that stands for all that is made, and for what is made together. */
  public String sha256() {
    StringBuilder text = new StringBuilder("batch 1\n").append(batchSize).append('\n');
    images.forEach(image -> text.append(image.root()).append(' ').append(image.id()).append('\n'));
    return Sha256.hex(text.toString());
  }

  /** How many images each label has, by label; that of images without one is empty. */
  public Map<String, Integer> labels() {
    Map<String, Integer> labels = new TreeMap<>();
    images.forEach(image -> labels.merge(image.label(), 1, Integer::sum));
    return labels;
  }

  /**
   * The images that are made together, each group by one run of the reverse diffusion: of one size,
   * schedule and guidance, filled across prompts; those that start from or follow images, alone.
   *
   * <p>Groups follow from the plan alone. A batch that was killed makes the same groups again, so
   * that not even rounding tells its images from those of an uninterrupted one.
   */
  public List<List<PlannedImage>> groups() {
    Map<BatchKey, List<PlannedImage>> open = new HashMap<>();
    List<List<PlannedImage>> groups = new ArrayList<>();
    for (PlannedImage image : images) {
      if (!image.imageInputs().equals(ImageInputs.NONE)) {
        groups.add(List.of(image));
        continue;
      }
      BatchKey key = image.request().batchKey().orElseThrow();
      List<PlannedImage> group = open.get(key);
      if (group == null || group.size() == batchSize) {
        group = new ArrayList<>();
        open.put(key, group);
        groups.add(group);
      }
      group.add(image);
    }
    return groups;
  }

  /** The making of a plan. */
  private static final class Planning {
    private final PlanSettings settings;
    private final ImageDraft.Defaults defaults;
    private final List<PlannedImage> images = new ArrayList<>();
    private final List<RejectedLine> rejected = new ArrayList<>();
    private final Set<String> ids = new HashSet<>();
    private final Map<String, Long> equals = new HashMap<>();
    private long asked;
    private int repeated;

    private Planning(PlanSettings settings, PromptList list) {
      this.settings = settings;
      this.defaults = new ImageDraft.Defaults(settings.defaults(), InputFiles.of(list.source()));
    }

    private BatchPlan plan(PromptList list) {
      rejected.addAll(list.rejected());
      for (PromptLine line : list.lines()) {
        try {
          plan(line);
        } catch (TooManyException e) {
          throw new PromptListException(
              list.source()
                  + ", line "
                  + line.number()
                  + ": with this line the list asks for "
                  + asked
                  + " images or more, over the limit of "
                  + settings.largest()
                  + ". Ask for fewer, or raise the limit.",
              Remedy.choose("max_images"));
        } catch (SarDiffusionException e) {
          rejected.add(new RejectedLine(line.number(), line.prompt(), e.getMessage()));
        }
      }
      rejected.sort(Comparator.comparingInt(RejectedLine::number));
      return new BatchPlan(images, rejected, repeated, 1);
    }

    /** All images of a line, or, where one of them can't be, none. */
    private void plan(PromptLine line) {
      Map<String, List<String>> options = new LinkedHashMap<>(settings.grid());
      options.putAll(line.options());
      Combination combination = line.combination().orElse(settings.combination());
      bound(Grid.size(options, combination));
      List<ImageDraft> drafts = new ArrayList<>();
      long count = 0;
      for (Map<String, String> chosen : Grid.combinations(options, combination)) {
        ImageDraft draft = ImageDraft.of(chosen, defaults);
        // Finds out what is wrong with any value before the first image is planned.
        draft.placement();
        draft.imageInputs();
        if (draft.count() < 1) {
          throw new PromptListException(
              "Its count must be at least 1, but is " + draft.count() + ".");
        }
        draft.request(0);
        drafts.add(draft);
        count += draft.count();
      }
      bound(count);
      drafts.forEach(draft -> plan(line, draft));
    }

    private void bound(long more) {
      if (asked + more > settings.largest()) {
        asked += more;
        throw new TooManyException();
      }
    }

    private void plan(PromptLine line, ImageDraft draft) {
      AffineGrid placement = draft.placement();
      ImageInputs inputs = draft.imageInputs();
      String equal = PlannedImage.fingerprint(draft.request(0), inputs, placement);
      for (int k = 0; k < draft.count(); k++) {
        GenerationRequest request = draft.request(seed(draft, equal, k));
        asked++;
        String id =
            PlannedImage.id(draft.label(), PlannedImage.fingerprint(request, inputs, placement));
        if (!ids.add(id)) {
          repeated++;
          continue;
        }
        Optional<Split> split =
            draft
                .split()
                .or(
                    () ->
                        settings.validationShare().isPresent()
                            ? Optional.of(Split.draw(id, settings.validationShare().getAsDouble()))
                            : Optional.empty());
        images.add(
            new PlannedImage(id, line.number(), draft.label(), split, request, inputs, placement));
      }
    }

    private long seed(ImageDraft draft, String equal, int index) {
      if (draft.seed().isPresent()) {
        return draft.seed().get() + index;
      }
      long before = equals.merge(equal, 1L, Long::sum) - 1;
      return settings
          .seeds()
          .seed(
              settings.defaults().sampling().seed(),
              new Position(draft.prompt(), index, asked, before));
    }

    /** Leaves the loop over the lines; its message is made there. */
    private static final class TooManyException extends RuntimeException {
      private static final long serialVersionUID = 1L;
    }
  }
}
