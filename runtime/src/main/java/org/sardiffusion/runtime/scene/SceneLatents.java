package org.sardiffusion.runtime.scene;

import java.io.IOException;
import java.util.List;
import org.sardiffusion.core.raster.Window;
import org.sardiffusion.runtime.internal.schedule.Sampler;
import org.sardiffusion.runtime.internal.schedule.Schedule;
import org.sardiffusion.runtime.internal.tiling.Band;
import org.sardiffusion.runtime.internal.tiling.DependencyCone;
import org.sardiffusion.runtime.internal.tiling.LatentStore;
import org.sardiffusion.runtime.schedule.LatentShape;

/**
 * The latents of a scene in its folder. What was written is on the disk when {@link #write}
 * returns, so that a process may be killed at any time.
 */
public final class SceneLatents implements LatentStore, AutoCloseable {
  private final SceneFolder folder;
  private final Schedule schedule;
  private final Process process;
  private final LatentFile[] files = new LatentFile[2];
  private SceneProgress progress;

  /**
   * What takes part in the process.
   *
   * @param channels of the latents
   * @param first the call that it begins with
   * @param cone the tiles of each call, from the first on
   */
  public record Process(int channels, int first, DependencyCone cone) {}

  /**
   * @throws SceneException if the folder can't be used
   */
  public SceneLatents(SceneFolder folder, Schedule schedule, Process process) {
    this.folder = folder;
    this.schedule = schedule;
    this.process = process;
    this.progress = folder.progress().orElse(new SceneProgress(-1, 0, new double[0]));
  }

  /** Whether the latents that the process begins with are there. */
  public boolean hasBegun() {
    return progress.call() >= 0;
  }

  /**
   * Writes whole rows of the latents that the process begins with.
   *
   * @param latents [channels, rows, width of what is held]
   */
  public void begin(int top, float[] latents) {
    int rows = latents.length / (process.channels() * process.cone().held().width());
    working(() -> toWrite(process.first()).write(top, rows, latents));
  }

  /** Says that all of them are written. */
  public void begun() {
    working(
        () -> {
          toWrite(process.first()).force();
          advance(startOf(process.first()));
        });
  }

  @Override
  public int nextCall() {
    return progress.call();
  }

  /** How many tiles are done. */
  public long tilesDone() {
    int call = progress.call() - process.first();
    long before = process.cone().tilesBefore(call);
    List<Band> left = bands(progress.call());
    return left.isEmpty()
        ? before
        : process.cone().tilesBefore(call + 1)
            - left.stream().mapToLong(band -> band.tiles().count()).sum();
  }

  /** Sums of predictions that the next band adds to. */
  public double[] pending() {
    return progress.rest();
  }

  @Override
  public List<Band> bands(int call) {
    if (call == schedule.calls()) {
      return List.of();
    }
    List<Band> all = process.cone().bands(call - process.first());
    return call == progress.call()
        ? all.stream().filter(band -> band.index() >= progress.tileRow()).toList()
        : all;
  }

  @Override
  public float[] read(int call, Window window) {
    return working(() -> toRead(call).read(window));
  }

  @Override
  public Sampler sampler(int call, Band band) {
    LatentShape shape =
        new LatentShape(1, process.channels(), band.done().height(), band.done().width());
    Sampler sampler = schedule.newSampler(shape);
    if (call > process.first()) {
      sampler.resume(working(() -> folder.sampler(call, band.index(), shape.length())));
    }
    return sampler;
  }

  @Override
  public void write(int call, Band band, float[] latents, Sampler sampler, double[] pending) {
    working(
        () -> {
          LatentFile file = toWrite(call + 1);
          file.write(band.done().y(), band.done().height(), latents);
          file.force();
          if (call + 1 < schedule.calls()) {
            folder.write(call + 1, band.index(), sampler.state());
          }
          advance(
              band.last() ? startOf(call + 1) : new SceneProgress(call, band.index() + 1, pending));
        });
  }

  private void advance(SceneProgress to) throws IOException {
    folder.advance(to);
    progress = to;
  }

  private SceneProgress startOf(int call) {
    int row = call < schedule.calls() ? process.cone().tiles(call - process.first()).firstRow() : 0;
    return new SceneProgress(call, row, new double[0]);
  }

  private LatentFile toRead(int call) throws IOException {
    int which = call % files.length;
    if (files[which] == null) {
      files[which] = folder.latents(call, process.channels(), process.cone().held());
    }
    return files[which];
  }

  private LatentFile toWrite(int call) throws IOException {
    int which = call % files.length;
    if (files[which] == null) {
      files[which] = folder.latentsToWrite(call, process.channels(), process.cone().held());
    }
    return files[which];
  }

  /** Work on the files of the folder. */
  private interface Work<T> {
    T run() throws IOException;
  }

  private interface Task {
    void run() throws IOException;
  }

  private <T> T working(Work<T> work) {
    try {
      return work.run();
    } catch (IOException e) {
      throw SceneFolder.failure(folder.path(), e);
    }
  }

  private void working(Task task) {
    this.<Object>working(
        () -> {
          task.run();
          return task;
        });
  }

  @Override
  public void close() {
    working(
        () -> {
          for (LatentFile file : files) {
            if (file != null) {
              file.close();
            }
          }
        });
  }
}
