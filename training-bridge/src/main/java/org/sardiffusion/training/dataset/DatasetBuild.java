package org.sardiffusion.training.dataset;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.sardiffusion.conditioning.ScratchFileException;
import org.sardiffusion.conditioning.amplitude.AmplitudeScale;
import org.sardiffusion.core.SarDiffusionException;
import org.sardiffusion.core.SarDiffusionException.Kind;
import org.sardiffusion.core.io.OutputException;
import org.sardiffusion.core.io.OverwriteException;
import org.sardiffusion.core.io.Sha256;
import org.sardiffusion.core.raster.AmplitudeRaster;
import org.sardiffusion.core.raster.Window;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.core.run.CancelledException;
import org.sardiffusion.core.run.Progress;
import org.sardiffusion.training.internal.dataset.Assembly;
import org.sardiffusion.training.internal.dataset.DatasetSettings;
import org.sardiffusion.training.internal.dataset.DroppedPatch;
import org.sardiffusion.training.internal.dataset.DuplicateIndex;
import org.sardiffusion.training.internal.dataset.GreyPng;
import org.sardiffusion.training.internal.dataset.PatchRecord;
import org.sardiffusion.training.internal.dataset.PerceptualHash;
import org.sardiffusion.training.internal.dataset.PreparedImage;
import org.sardiffusion.training.internal.dataset.SourceImage;
import org.sardiffusion.training.internal.dataset.SourceRecord;
import org.sardiffusion.training.internal.dataset.Staging;

/**
 * Builds a training set: one source after the other is prepared and cut, the patches that are good
 * enough are captioned and labelled, and the whole is moved into place.
 */
public final class DatasetBuild {
  private final DatasetRequest request;
  private final Progress progress;
  private final Cancellation cancellation;
  private final DuplicateIndex index;
  private long patchesDone;
  private long patchesPlanned;

  private DatasetBuild(DatasetRequest request, Progress progress, Cancellation cancellation) {
    this.request = request;
    this.progress = progress;
    this.cancellation = cancellation;
    index = new DuplicateIndex(request.limits().duplicateDistance());
  }

  /**
   * What a build would do, from the headers of the sources; writes nothing.
   *
   * @throws DatasetException as {@link #run}, as far as headers tell
   */
  public static DatasetPlan plan(DatasetRequest request) {
    Staging.check(request.out(), request.existing());
    DatasetPlan plan = DatasetPlan.of(request);
    Path out = request.out().toAbsolutePath().normalize();
    plan.sources().stream()
        .map(PlannedSource::file)
        .filter(file -> file.toAbsolutePath().normalize().startsWith(out))
        .findFirst()
        .ifPresent(
            file -> {
              throw new OverwriteException(
                  "Not building "
                      + request.out()
                      + ": it would replace "
                      + file
                      + ", one of its sources. Choose another folder.");
            });
    return plan;
  }

  /**
   * Builds a training set.
   *
   * @return what {@code dataset.json} says
   * @throws DatasetException if the set cannot be built as asked
   * @throws org.sardiffusion.core.run.CancelledException once {@code cancellation} is asked for;
   *     what was done is kept for {@link Existing#RESUME}
   * @throws OutputException if the disk is full or refuses; what was done can be resumed
   * @throws org.sardiffusion.training.TrainingBridgeException if the captioner fails
   */
  public static DatasetManifest run(
      DatasetRequest request, Progress progress, Cancellation cancellation) {
    return new DatasetBuild(request, progress, cancellation).run();
  }

  private DatasetManifest run() {
    DatasetPlan plan = plan(request);
    try (Staging staging =
        Staging.open(
            request.out(), request.existing(), DatasetSettings.fingerprint(request, plan))) {
      plan.unreadable().forEach((file, problem) -> progress.note(file + ": " + problem));
      List<SourceRecord> records = new ArrayList<>();
      patchesPlanned = plan.sources().stream().mapToLong(PlannedSource::patches).sum();
      for (PlannedSource source : plan.sources()) {
        progress.advanced("Cutting", patchesDone, patchesPlanned);
        long before = patchesDone;
        records.add(recordOf(records.size(), source, staging));
        patchesDone = before + source.patches();
      }
      progress.advanced("Cutting", patchesDone, patchesPlanned);
      requirePatches(records, staging);
      Assembly assembly = new Assembly(request, plan, records, captions(plan, records, staging));
      DatasetManifest manifest = assembly.into(staging);
      staging.publish();
      return manifest;
    }
  }

  private SourceRecord recordOf(int number, PlannedSource source, Staging staging) {
    Optional<SourceRecord> before = staging.record(number);
    SourceRecord record = before.orElseGet(() -> cutOrFail(source, staging));
    record.kept().forEach(p -> index.add(p.name(), p.sha256(), PerceptualHash.parse(p.hash())));
    if (before.isEmpty()) {
      staging.write(number, record);
    }
    return record;
  }

  /** One bad source is recorded; a disk that refuses ends the build. */
  private SourceRecord cutOrFail(PlannedSource source, Staging staging) {
    try {
      return cut(source, staging);
    } catch (OutputException | ScratchFileException e) {
      throw e;
    } catch (CancelledException e) {
      throw e;
    } catch (SarDiffusionException e) {
      progress.note(source.file() + ": " + e.getMessage());
      return SourceRecord.failed(source, e.getMessage());
    } catch (IOException e) {
      progress.note(source.file() + ": " + e.getMessage());
      return SourceRecord.failed(source, "Cannot read it: " + e.getMessage() + ".");
    }
  }

  private SourceRecord cut(PlannedSource source, Staging staging) throws IOException {
    List<PatchRecord> kept = new ArrayList<>();
    List<DroppedPatch> dropped = new ArrayList<>();
    // Patches of one source may repeat each other too.
    DuplicateIndex own = new DuplicateIndex(request.limits().duplicateDistance());
    try (SourceImage image = SourceImage.open(source.file(), request.preparation().nodata());
        PreparedImage prepared =
            PreparedImage.of(
                image,
                source.spacing(),
                request.preparation(),
                request.scratch().orElse(staging.scratch()))) {
      AmplitudeScale scale = prepared.scale();
      for (Window window : request.grid().windows(prepared.width(), prepared.height())) {
        cancellation.check();
        progress.advanced("Cutting", patchesDone++, patchesPlanned);
        String name = source.patchName(window);
        AmplitudeRaster patch = scale.normalise(prepared.crop(window));
        PatchMeasures measures = PatchMeasures.of(patch);
        Optional<DropReason> reason = request.limits().judge(measures);
        if (reason.isPresent()) {
          dropped.add(dropped(name, window, reason.get(), measures));
          continue;
        }
        byte[] png = GreyPng.encode(patch, request.type());
        String sha256 = Sha256.hex(png);
        PerceptualHash hash = PerceptualHash.of(patch);
        Optional<DuplicateIndex.Match> match =
            index.find(sha256, hash).or(() -> own.find(sha256, hash));
        if (match.isPresent()) {
          dropped.add(
              new DroppedPatch(
                  name,
                  window.y(),
                  window.x(),
                  match.get().reason(),
                  match.get().distance(),
                  match.get().name()));
          continue;
        }
        staging.writePatch(name, png);
        own.add(name, sha256, hash);
        kept.add(new PatchRecord(name, window.y(), window.x(), sha256, hash.toString(), measures));
      }
      return new SourceRecord(
          source.source(),
          Sha256.hex(source.file()),
          source.scene(),
          source.split(),
          prepared.geometry(image, source.spacing()),
          "",
          kept,
          dropped);
    }
  }

  private static DroppedPatch dropped(
      String name, Window window, DropReason reason, PatchMeasures measures) {
    double value =
        switch (reason) {
          case NODATA -> measures.nodataShare();
          case BLANK -> measures.commonLevelShare();
          case SATURATED -> measures.saturatedShare();
          case BLURRED -> measures.sharpness();
          default -> throw new IllegalArgumentException(reason + " is not measured");
        };
    return new DroppedPatch(name, window.y(), window.x(), reason, value, "");
  }

  private static void requirePatches(List<SourceRecord> records, Staging staging) {
    if (records.stream().anyMatch(record -> !record.kept().isEmpty())) {
      return;
    }
    Map<DropReason, Integer> reasons = new EnumMap<>(DropReason.class);
    records.forEach(r -> r.dropped().forEach(p -> reasons.merge(p.reason(), 1, Integer::sum)));
    List<String> counts = new ArrayList<>();
    reasons.forEach((reason, count) -> counts.add(count + " " + reason.label()));
    Optional<SourceRecord> failed = records.stream().filter(SourceRecord::failed).findFirst();
    staging.discard();
    throw new DatasetException(
        Kind.INPUT,
        "No patch is left: "
            + (counts.isEmpty() ? "no source has one" : String.join(", ", counts))
            + failed.map(r -> "; " + r.source() + ": " + r.problem()).orElse("")
            + ". Look at the images, and loosen the limits that drop what you want to keep.");
  }

  /** The captioner's words for the patches that the list of captions has none for. */
  private Map<String, String> captions(
      DatasetPlan plan, List<SourceRecord> records, Staging staging) {
    if (request.captions().captioner().isEmpty()) {
      return Map.of();
    }
    Captioner captioner = request.captions().captioner().get();
    Map<String, Captioner.Job> jobs = new LinkedHashMap<>();
    staging.restorePatches();
    for (int n = 0; n < records.size(); n++) {
      SourceRecord record = records.get(n);
      PlannedSource source = plan.sources().get(n);
      for (PatchRecord patch : record.kept()) {
        if (Assembly.caption(request, source, patch).flatMap(Caption::text).isEmpty()) {
          jobs.put(
              patch.name(),
              captioner.job(
                  new Captioner.Subject(
                      patch.name(),
                      staging.patch(patch.name()),
                      source.file(),
                      record.geometry().part(patch, request.grid()))));
        }
      }
    }
    return jobs.isEmpty() ? Map.of() : captioner.caption(jobs, staging.captions(), progress::note);
  }
}
