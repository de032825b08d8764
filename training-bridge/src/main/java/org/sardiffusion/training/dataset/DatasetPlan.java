package org.sardiffusion.training.dataset;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.sardiffusion.conditioning.spectrum.RasterPlan;
import org.sardiffusion.conditioning.spectrum.SpectralResampler;
import org.sardiffusion.conditioning.spectrum.Target;
import org.sardiffusion.core.Remedy;
import org.sardiffusion.core.SarDiffusionException;
import org.sardiffusion.core.SarDiffusionException.Kind;
import org.sardiffusion.core.run.CancelledException;
import org.sardiffusion.geo.MalformedFileException;
import org.sardiffusion.geo.files.Rasters;
import org.sardiffusion.geo.raster.Spacing;
import org.sardiffusion.training.internal.dataset.SourceImage;
import org.sardiffusion.training.internal.dataset.SourceNames;
import org.sardiffusion.training.internal.dataset.UnusableSourceException;

/**
 * What will be done: known from the headers of the sources alone.
 *
 * @param sources the readable ones, in the order of their paths
 * @param unreadable the others, and why
 */
public record DatasetPlan(List<PlannedSource> sources, Map<Path, String> unreadable) {
  private static final int NAMED = 3;

  /** Searched for in folders; files that are named outright may end as they like. */
  private static final Set<String> ENDINGS =
      Set.of("npy", "tif", "tiff", "png", "jpg", "jpeg", "hdr");

  /** A source whose header was read, before scenes are shared out. */
  private record Seen(Path file, String scene, Spacing spacing, long patches) {}

  /**
   * Reads the headers of all sources and shares their scenes out.
   *
   * @throws DatasetException if there is no readable image, a spacing is not known, captions are
   *     missing, or no image is as large as a patch
   */
  static DatasetPlan of(DatasetRequest request) {
    Map<Path, String> found = find(request.inputs());
    List<Path> files = List.copyOf(found.keySet());
    requireCaptions(request, files);
    List<Seen> seen = new ArrayList<>();
    Map<Path, String> unreadable = new TreeMap<>();
    List<Path> withoutSpacing = new ArrayList<>();
    for (Path file : files) {
      Optional<Caption> caption = request.captions().book().find(file);
      String scene =
          caption
              .flatMap(Caption::scene)
              .orElseGet(() -> request.split().rule().sceneOf(SourceNames.stem(file)));
      try (SourceImage image = SourceImage.open(file, request.preparation().nodata())) {
        Optional<Spacing> spacing =
            request
                .preparation()
                .inputSpacing()
                .or(() -> caption.flatMap(Caption::spacing))
                .or(image::spacing);
        if (spacing.isEmpty()) {
          withoutSpacing.add(file);
        } else {
          seen.add(new Seen(file, scene, spacing.get(), patches(request, image, spacing.get())));
        }
      } catch (CancelledException e) {
        throw e;
      } catch (SarDiffusionException e) {
        unreadable.put(file, e.getMessage());
      }
    }
    if (!withoutSpacing.isEmpty()) {
      throw new DatasetException(
          Kind.USAGE,
          "The pixel spacing of "
              + some(withoutSpacing)
              + " is not known. Give it, or add a column \"spacing\" to the list of captions.",
          Remedy.choose("spacing"));
    }
    requireUsable(seen, unreadable);
    return new DatasetPlan(assign(request, seen, found), unreadable);
  }

  private static List<PlannedSource> assign(
      DatasetRequest request, List<Seen> seen, Map<Path, String> found) {
    Map<String, Long> weights = new TreeMap<>();
    seen.forEach(source -> weights.merge(source.scene(), source.patches(), Long::sum));
    Map<String, Split> splits = request.split().assign(weights);
    List<String> names = SourceNames.of(seen.stream().map(Seen::file).toList());
    List<PlannedSource> sources = new ArrayList<>();
    for (int i = 0; i < seen.size(); i++) {
      Seen s = seen.get(i);
      sources.add(
          new PlannedSource(
              s.file(),
              found.get(s.file()),
              names.get(i),
              s.scene(),
              splits.get(s.scene()),
              s.spacing(),
              s.patches()));
    }
    return List.copyOf(sources);
  }

  private static long patches(DatasetRequest request, SourceImage image, Spacing spacing) {
    double target = request.preparation().targetSpacing();
    if (Math.max(spacing.columns(), spacing.rows()) > target * (1 + 1e-6)) {
      throw new UnusableSourceException(
          String.format(
              Locale.ROOT,
              "Its pixel spacing of %s x %s m is coarser than the training set's %s m, and the missing detail"
                  + " can't be made up. Choose a target spacing of %s m or more.",
              spacing.columns(),
              spacing.rows(),
              target,
              Math.max(spacing.columns(), spacing.rows())));
    }
    try {
      RasterPlan plan =
          SpectralResampler.standard()
              .plan(
                  image.width(),
                  image.height(),
                  Target.spacing(spacing.columns(), spacing.rows(), target));
      long count = request.grid().count(plan.width(), plan.height());
      if (count == 0) {
        throw new UnusableSourceException(
            String.format(
                Locale.ROOT,
                "At %3$s m it has %1$dx%2$d pixels and is smaller than a patch of %4$dx%5$d. Choose"
                    + " smaller patches.",
                plan.width(),
                plan.height(),
                target,
                request.grid().width(),
                request.grid().height()));
      }
      return count;
    } catch (IllegalArgumentException e) {
      throw new UnusableSourceException(e.getMessage() + ".");
    }
  }

  private static void requireUsable(List<Seen> seen, Map<Path, String> unreadable) {
    if (seen.isEmpty()) {
      Map.Entry<Path, String> first = unreadable.entrySet().iterator().next();
      throw new DatasetException(
          Kind.INPUT,
          "None of the "
              + unreadable.size()
              + " images can be used. The first, "
              + first.getKey()
              + ": "
              + first.getValue());
    }
  }

  private static void requireCaptions(DatasetRequest request, List<Path> files) {
    CaptionSettings captions = request.captions();
    if (captions.uncaptioned() != Uncaptioned.FAIL || captions.captioner().isPresent()) {
      return;
    }
    List<String> names = SourceNames.of(files);
    List<Path> missing = new ArrayList<>();
    for (int i = 0; i < files.size(); i++) {
      if (captions.book().find(files.get(i)).flatMap(Caption::text).isEmpty()
          && !captions.book().hasPatchOf(names.get(i))) {
        missing.add(files.get(i));
      }
    }
    if (!missing.isEmpty()) {
      throw new DatasetException(
          Kind.USAGE,
          "There is no caption for "
              + some(missing)
              + ". Add it to the list of captions, have a captioner write it, or leave such patches"
              + " out.",
          Remedy.choose("captioner"),
          Remedy.set("uncaptioned", "skip"));
    }
  }

  private static String some(List<Path> files) {
    String names = String.join(", ", files.stream().limit(NAMED).map(Path::toString).toList());
    return files.size() > NAMED ? files.size() + " images (" + names + ", ...)" : names;
  }

  private static Map<Path, String> find(List<Path> inputs) {
    Map<Path, String> files = new TreeMap<>();
    for (Path input : inputs) {
      if (Files.isDirectory(input)) {
        try (Stream<Path> tree = Files.walk(input)) {
          Predicate<Path> image =
              file ->
                  ENDINGS.contains(ending(file)) && !file.getFileName().toString().startsWith(".");
          tree.filter(Files::isRegularFile)
              .filter(image)
              .map(DatasetPlan::pixelsOf)
              .forEach(file -> files.put(file, portable(input.relativize(file))));
        } catch (IOException e) {
          throw new DatasetException(
              Kind.INPUT, "Cannot search " + input + ": " + e.getMessage() + ".", e);
        }
      } else if (Files.exists(input)) {
        Path file = pixelsOf(input);
        files.put(file, file.getFileName().toString());
      } else {
        throw new DatasetException(Kind.USAGE, "There is no image or folder " + input + ".");
      }
    }
    if (files.isEmpty()) {
      throw new DatasetException(
          Kind.USAGE,
          "There is no image in " + some(inputs) + " (endings: " + new TreeSet<>(ENDINGS) + ").");
    }
    return files;
  }

  /**
   * The file that holds the pixels: hashes and file times are taken of it, not of an ENVI header.
   */
  private static Path pixelsOf(Path file) {
    try {
      return ending(file).equals("hdr") ? Rasters.dataOfHeader(file) : file;
    } catch (MalformedFileException e) {
      // Opening the header will say the same, and record it.
      return file;
    }
  }

  private static String portable(Path path) {
    return path.toString().replace('\\', '/');
  }

  private static String ending(Path file) {
    String name = file.getFileName().toString();
    return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
  }

  /** How many patches the sources of a split can give at most. */
  public long patches(Split split) {
    return sources.stream().filter(s -> s.split() == split).mapToLong(PlannedSource::patches).sum();
  }

  /** How many scenes a split has. */
  public long scenes(Split split) {
    return sources.stream()
        .filter(s -> s.split() == split)
        .map(PlannedSource::scene)
        .distinct()
        .count();
  }
}
