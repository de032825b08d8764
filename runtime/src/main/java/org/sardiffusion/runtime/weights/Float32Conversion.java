package org.sardiffusion.runtime.weights;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import org.sardiffusion.core.io.AtomicMove;
import org.sardiffusion.core.io.DiskSpace;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.core.run.Progress;

/**
 * Turns a half precision graph into the single precision graph with the same weights.
 *
 * <p>Every FLOAT16 becomes FLOAT: weights, inputs, outputs, intermediate values, constants, casts,
 * in the main graph, in subgraphs and in functions. Weights keep their values exactly, and so do
 * constants (a mask of -65504 stays that) but for a few known scalars that the export had rounded
 * ({@link ScalarConstants}). What the graph computes differs only by no longer being rounded to
 * half precision in between. Casts that have become idle are left to ONNX Runtime, which removes
 * them.
 *
 * <p>Memory use does not depend on the size of the weights.
 */
public final class Float32Conversion {

  /** Changes whenever this class would write something else for the same graph. */
  static final int VERSION = 1;

  private static final String WRITE_REMEDY =
      "Check the folder's permissions and its free space, or choose another folder.";

  private final Path name;
  private final Path dataName;
  private final SharedWeights shared;
  private final Float32Rewrite rewrite;

  private Float32Conversion(OnnxGraph source, SharedWeights shared) {
    this.shared = shared;
    name = source.file().getFileName();
    dataName = Path.of(name + "_data");
    rewrite = new Float32Rewrite(source, dataName.toString(), shared);
  }

  /**
   * Prepares the conversion of {@code source}, which may already be partly or wholly in single
   * precision.
   *
   * @throws WeightsException when the graph depends on the bits of half precision values, or holds
   *     large weights outside the initializers of its main graph
   */
  public static Float32Conversion of(OnnxGraph source) {
    return of(source, SharedWeights.NONE);
  }

  /** Likewise, for a graph that shares weights with one that has been converted. */
  static Float32Conversion of(OnnxGraph source, SharedWeights shared) {
    return new Float32Conversion(source, shared);
  }

  /** The file name of the graph. */
  String name() {
    return name.toString();
  }

  /** Disk space that the result takes, in bytes. */
  public long byteLength() {
    return rewrite.dataLength() + rewrite.model().getSerializedSize();
  }

  /**
   * Converts into a folder, which is made if needed: a graph under the name of the source, and its
   * weights beside it under that name followed by {@code _data}. Either both appear, complete and
   * flushed to the disk, or neither.
   *
   * @return the converted graph
   * @throws org.sardiffusion.core.run.CancelledException when {@code cancellation} is used or the
   *     thread is interrupted
   * @throws WeightsException when the files exist, can't be written or find no space, or when
   *     weights can't be read
   */
  public Path into(Path folder, Progress progress, Cancellation cancellation) {
    Path graph = folder.resolve(name);
    Path data = folder.resolve(dataName);
    String unique = "." + UUID.randomUUID() + ".partial";
    Path partialGraph = folder.resolve(name + unique);
    Path partialData = folder.resolve(dataName + unique);
    refuseExisting(graph);
    refuseExisting(data);
    boolean made = Files.notExists(folder);
    boolean complete = false;
    try {
      Files.createDirectories(folder);
      DiskSpace.require(
          folder,
          byteLength(),
          "The float32 copy of " + name,
          "Free some there, or choose another folder.");
      writeGraph(partialGraph);
      shared.linkInto(folder);
      if (!rewrite.copies().isEmpty()) {
        new DataFileWriter(partialData, rewrite.copies()).write(progress, cancellation);
        AtomicMove.move(partialData, data);
      }
      // Last, because whoever sees the graph may count on its weights.
      AtomicMove.move(partialGraph, graph);
      complete = true;
      return graph;
    } catch (IOException e) {
      throw new WeightsException(
          folder, "the converted graph can't be written (" + e.getMessage() + ")", WRITE_REMEDY, e);
    } finally {
      if (!complete) {
        delete(partialGraph);
        delete(partialData);
        delete(data);
        if (made) {
          delete(folder);
        }
      }
    }
  }

  private void writeGraph(Path file) throws IOException {
    try (FileChannel channel =
            FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel))) {
      rewrite.model().writeTo(out);
      out.flush();
      channel.force(true);
    }
  }

  private static void refuseExisting(Path file) {
    if (Files.exists(file)) {
      throw new WeightsException(
          file, "exists already", "Delete it, or choose another folder for the converted graph.");
    }
  }

  /** Best effort: what can't be deleted must not hide why the conversion failed. */
  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      // Also for a folder that someone else has put files into meanwhile.
    }
  }
}
