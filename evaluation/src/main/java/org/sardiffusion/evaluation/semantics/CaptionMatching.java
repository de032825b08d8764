package org.sardiffusion.evaluation.semantics;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.sardiffusion.evaluation.SetStatistics;
import org.sardiffusion.evaluation.internal.features.Vectors;

/**
 * Matches images with captions by cosine similarity (section 4.3 of the paper).
 *
 * <p>The captioned images of a set are shuffled, always in the same way, and taken in batches; the
 * last batch is filled up with images from the batch before. In a batch, captions that say the same
 * count once, and an image's own caption comes after those that are exactly as similar.
 */
public final class CaptionMatching {
  private static final long SEED = 0x5A4D11;

  private final SarClip clip;
  private final SemanticSettings settings;
  private final List<String> classes;

  /**
   * @param classes the labels that images are told apart by; none if there are fewer than two
   */
  public CaptionMatching(SarClip clip, SemanticSettings settings, List<String> classes) {
    this.clip = clip;
    this.settings = settings;
    this.classes = List.copyOf(classes);
  }

  /** The scores of a set by label, in alphabetical order, {@link SetStatistics#ALL} among them. */
  public SortedMap<String, CaptionScores> of(List<EmbeddedImage> images) {
    SortedMap<String, CaptionScores.Collector> collectors = new TreeMap<>();
    rank(images, collectors);
    classify(images, collectors);
    SortedMap<String, CaptionScores> scores = new TreeMap<>();
    collectors.forEach((label, collector) -> scores.put(label, collector.scores()));
    return scores;
  }

  private void rank(
      List<EmbeddedImage> images, SortedMap<String, CaptionScores.Collector> collectors) {
    List<EmbeddedImage> captioned =
        shuffled(images.stream().filter(i -> i.caption().isPresent()).toList());
    int size = Math.min(settings.batch(), captioned.size());
    for (int done = 0; done < captioned.size(); done += size) {
      int begin = Math.min(done, captioned.size() - size);
      List<EmbeddedImage> batch = captioned.subList(begin, begin + size);
      Set<String> captions = new LinkedHashSet<>();
      batch.forEach(image -> captions.add(image.caption().get()));
      for (EmbeddedImage image : batch.subList(done - begin, size)) {
        float[] unit = Vectors.unit(image.embedding());
        double own = Vectors.dot(unit, clip.text(image.caption().get()));
        int rank = 0;
        for (String caption : captions) {
          rank += Vectors.dot(unit, clip.text(caption)) >= own ? 1 : 0;
        }
        for (String label : withAll(image.labels())) {
          collector(collectors, label).match(own, rank);
        }
      }
    }
  }

  private static List<EmbeddedImage> shuffled(List<EmbeddedImage> images) {
    List<EmbeddedImage> shuffled = new ArrayList<>(images);
    SplittableRandom random = new SplittableRandom(SEED);
    for (int i = shuffled.size() - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      EmbeddedImage swapped = shuffled.get(i);
      shuffled.set(i, shuffled.get(j));
      shuffled.set(j, swapped);
    }
    return shuffled;
  }

  private void classify(
      List<EmbeddedImage> images, SortedMap<String, CaptionScores.Collector> collectors) {
    if (classes.size() < 2) {
      return;
    }
    List<float[]> texts = new ArrayList<>();
    classes.forEach(label -> texts.add(clip.text(settings.text(label))));
    for (EmbeddedImage image : images) {
      // An image of none of the classes has no right answer.
      if (image.labels().stream().anyMatch(classes::contains)) {
        int best = 0;
        for (int c = 1; c < classes.size(); c++) {
          if (Vectors.dot(image.embedding(), texts.get(c))
              > Vectors.dot(image.embedding(), texts.get(best))) {
            best = c;
          }
        }
        boolean right = image.labels().contains(classes.get(best));
        for (String label : withAll(image.labels())) {
          collector(collectors, label).classification(right);
        }
      }
    }
  }

  private static Set<String> withAll(List<String> labels) {
    Set<String> all = new LinkedHashSet<>(labels);
    all.add(SetStatistics.ALL);
    return all;
  }

  private static CaptionScores.Collector collector(
      SortedMap<String, CaptionScores.Collector> collectors, String label) {
    return collectors.computeIfAbsent(label, l -> new CaptionScores.Collector());
  }
}
