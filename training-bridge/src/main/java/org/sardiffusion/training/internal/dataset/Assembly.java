package org.sardiffusion.training.internal.dataset;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.sardiffusion.core.Remedy;
import org.sardiffusion.core.SarDiffusionException.Kind;
import org.sardiffusion.core.io.AtomicOutput;
import org.sardiffusion.core.io.Sha256;
import org.sardiffusion.core.raster.Window;
import org.sardiffusion.training.dataset.Box;
import org.sardiffusion.training.dataset.Caption;
import org.sardiffusion.training.dataset.CaptionBook;
import org.sardiffusion.training.dataset.DatasetException;
import org.sardiffusion.training.dataset.DatasetManifest;
import org.sardiffusion.training.dataset.DatasetPlan;
import org.sardiffusion.training.dataset.DatasetRequest;
import org.sardiffusion.training.dataset.DropReason;
import org.sardiffusion.training.dataset.PlannedSource;
import org.sardiffusion.training.dataset.Split;
import org.sardiffusion.training.dataset.Uncaptioned;

/** Puts patches, captions and labels together into the folder that a trainer reads. */
public final class Assembly {
  private static final String UNLABELLED = "unlabelled";
  private static final int NAMED = 3;

  private final DatasetRequest request;
  private final DatasetPlan plan;
  private final List<SourceRecord> records;
  private final Map<String, String> written;
  private final Map<Split, SplitFiles> splits = new EnumMap<>(Split.class);
  private final List<String> dropped = new ArrayList<>();
  private final Map<String, Integer> droppedCounts = new LinkedHashMap<>();

  /** The lines of one split, and what they add up to. */
  private static final class SplitFiles {
    final StringBuilder metadata = new StringBuilder();
    final TreeSet<String> scenes = new TreeSet<>();
    final Map<String, Integer> categories = new LinkedHashMap<>();
    final Map<String, Integer> labels = new LinkedHashMap<>();
    int images;

    SplitFiles(List<String> categoryOrder) {
      categoryOrder.forEach(category -> categories.put(category, 0));
    }
  }

  /** A patch with its words. */
  private record Entry(
      PlannedSource source,
      SourceRecord record,
      PatchRecord patch,
      String text,
      List<String> labels,
      List<Box> mask) {}

  /**
   * @param written captions by the name of the patch, where the book has none
   */
  public Assembly(
      DatasetRequest request,
      DatasetPlan plan,
      List<SourceRecord> records,
      Map<String, String> written) {
    this.request = request;
    this.plan = plan;
    this.records = records;
    this.written = written;
    for (Split split : Split.values()) {
      splits.put(split, new SplitFiles(request.captions().labels().categories()));
    }
    for (DropReason reason : DropReason.values()) {
      droppedCounts.put(reason.label(), 0);
    }
  }

  /** What the book says about a patch: under its own name, else under its source's. */
  public static Optional<Caption> caption(
      DatasetRequest request, PlannedSource source, PatchRecord patch) {
    CaptionBook book = request.captions().book();
    return book.findPatch(patch.name()).or(() -> book.find(source.file()));
  }

  public DatasetManifest into(Staging staging) {
    List<Entry> entries = entries();
    Path folder = staging.assembly();
    TreeMap<String, String> hashes = new TreeMap<>();
    for (Entry entry : entries) {
      Split split = entry.source().split();
      String file = "images/" + entry.patch().name() + ".png";
      staging.movePatch(entry.patch().name(), folder.resolve(split.folder()).resolve(file));
      hashes.put(split.folder() + "/" + file, entry.patch().sha256());
      add(splits.get(split), entry, file);
    }
    for (Split split : Split.values()) {
      SplitFiles files = splits.get(split);
      if (files.images > 0) {
        byte[] lines = files.metadata.toString().getBytes(StandardCharsets.UTF_8);
        String name = split.folder() + "/metadata.jsonl";
        write(folder.resolve(name), lines);
        hashes.put(name, Sha256.hex(lines));
      }
    }
    DatasetManifest manifest = manifest(hashes);
    write(folder.resolve("dropped.jsonl"), lines(dropped));
    write(
        folder.resolve("categories.svg"),
        CategoryChart.svg(manifest.splits()).getBytes(StandardCharsets.UTF_8));
    if (!written.isEmpty()) {
      List<String> lines = new ArrayList<>();
      written.forEach(
          (name, text) ->
              lines.add(Json.object().put("file_name", name).put("caption", text).toString()));
      write(folder.resolve("captions.jsonl"), lines(lines));
    }
    Json.write(folder.resolve(DatasetManifest.FILE), manifest);
    return manifest;
  }

  private List<Entry> entries() {
    List<Entry> entries = new ArrayList<>();
    List<String> missing = new ArrayList<>();
    for (int n = 0; n < records.size(); n++) {
      SourceRecord record = records.get(n);
      PlannedSource source = plan.sources().get(n);
      record.dropped().forEach(patch -> drop(record, patch));
      for (PatchRecord patch : record.kept()) {
        Optional<Caption> caption = caption(request, source, patch);
        Optional<String> text =
            caption.flatMap(Caption::text).or(() -> Optional.ofNullable(written.get(patch.name())));
        if (text.isEmpty() && request.captions().uncaptioned() != Uncaptioned.EMPTY) {
          missing.add(patch.name());
          drop(
              record,
              new DroppedPatch(
                  patch.name(), patch.row(), patch.column(), DropReason.UNCAPTIONED, 0, ""));
          continue;
        }
        // Boxes of a source reach patches by way of its geometry, wherever the caption came from.
        List<Box> mask =
            request.captions().book().find(source.file()).map(Caption::mask).orElse(List.of());
        List<String> given = caption.map(Caption::labels).orElse(List.of());
        entries.add(
            new Entry(
                source,
                record,
                patch,
                text.orElse(""),
                given.isEmpty() ? request.captions().labels().labels(text.orElse("")) : given,
                mask));
      }
    }
    if (!missing.isEmpty() && request.captions().uncaptioned() == Uncaptioned.FAIL) {
      throw new DatasetException(
          Kind.INPUT,
          "There is no caption for "
              + missing.size()
              + " patches ("
              + String.join(", ", missing.subList(0, Math.min(NAMED, missing.size())))
              + (missing.size() > NAMED ? ", ..." : "")
              + "). Add them to the list of captions and resume the build, whose patches are kept in "
              + Staging.folderOf(request.out())
              + ", or build the set without these patches.",
          Remedy.choose("resume"),
          Remedy.set("uncaptioned", "skip"));
    }
    if (entries.isEmpty()) {
      throw new DatasetException(
          Kind.INPUT,
          "No patch has a caption. Add captions and resume the build; its patches are kept in "
              + Staging.folderOf(request.out())
              + ".",
          Remedy.choose("resume"));
    }
    return entries;
  }

  private void drop(SourceRecord record, DroppedPatch patch) {
    droppedCounts.merge(patch.reason().label(), 1, Integer::sum);
    ObjectNode line = Json.object();
    line.put("patch", patch.name())
        .put("source", record.source())
        .put("row", patch.row())
        .put("column", patch.column())
        .put("reason", patch.reason().label())
        .put("value", patch.value());
    if (!patch.sameAs().isEmpty()) {
      line.put("same_as", patch.sameAs());
    }
    dropped.add(line.toString());
  }

  private void add(SplitFiles split, Entry entry, String file) {
    String primary = entry.labels().isEmpty() ? UNLABELLED : entry.labels().get(0);
    split.images++;
    split.scenes.add(entry.source().scene());
    split.categories.merge(primary, 1, Integer::sum);
    entry.labels().forEach(label -> split.labels.merge(label, 1, Integer::sum));
    SourceRecord.Geometry geometry = entry.record().geometry();
    ObjectNode line = Json.object();
    line.put("file_name", file).put("text", request.captions().text(entry.text()));
    ArrayNode labels = line.putArray("labels");
    entry.labels().forEach(labels::add);
    line.put("label", primary)
        .put("source", entry.record().source())
        .put("scene", entry.source().scene())
        .put("row", entry.patch().row())
        .put("column", entry.patch().column())
        .put("spacing", geometry.meanSpacing())
        .put("divisor", geometry.divisor());
    // Every line has the key: readers infer one type for all lines.
    ArrayNode mask = line.putArray("mask");
    Window window =
        new Window(
            entry.patch().column(),
            entry.patch().row(),
            request.grid().width(),
            request.grid().height());
    for (Box box : entry.mask()) {
      box.scaled(geometry.scaleX(), geometry.scaleY())
          .within(window)
          .ifPresent(
              b ->
                  mask.addArray()
                      .add((int) b.xmin())
                      .add((int) b.ymin())
                      .add((int) b.xmax())
                      .add((int) b.ymax()));
    }
    split.metadata.append(line).append('\n');
  }

  private DatasetManifest manifest(TreeMap<String, String> hashes) {
    TreeSet<String> categories = new TreeSet<>();
    splits.values().forEach(s -> categories.addAll(s.categories.keySet()));
    Map<String, DatasetManifest.SplitSummary> summaries = new LinkedHashMap<>();
    splits.forEach(
        (split, files) -> {
          // The same categories everywhere, the dictionary's first, so that tables line up.
          categories.forEach(category -> files.categories.putIfAbsent(category, 0));
          summaries.put(
              split.folder(),
              new DatasetManifest.SplitSummary(
                  files.images,
                  files.scenes.size(),
                  files.categories,
                  new TreeMap<>(files.labels)));
        });
    List<DatasetManifest.SourceSummary> sources = new ArrayList<>();
    List<DatasetManifest.Failure> failed = new ArrayList<>();
    plan.unreadable()
        .forEach(
            (file, problem) ->
                failed.add(new DatasetManifest.Failure(file.getFileName().toString(), problem)));
    for (SourceRecord record : records) {
      if (record.failed()) {
        failed.add(new DatasetManifest.Failure(record.source(), record.problem()));
      } else {
        sources.add(record.summary());
      }
    }
    StringBuilder all = new StringBuilder();
    hashes.forEach((name, hash) -> all.append(hash).append("  ").append(name).append('\n'));
    return new DatasetManifest(
        1,
        Software.NAME_AND_VERSION,
        DatasetSettings.of(request),
        summaries,
        droppedCounts,
        sources,
        failed,
        Sha256.hex(all.toString().getBytes(StandardCharsets.UTF_8)));
  }

  private static byte[] lines(List<String> lines) {
    StringBuilder text = new StringBuilder();
    lines.forEach(line -> text.append(line).append('\n'));
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void write(Path file, byte[] bytes) {
    AtomicOutput.write(file, bytes.length, f -> Files.write(f, bytes));
  }
}
