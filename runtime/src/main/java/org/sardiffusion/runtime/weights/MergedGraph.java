package org.sardiffusion.runtime.weights;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.sardiffusion.core.io.DiskSpace;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.core.run.Progress;

/**
 * A graph whose edited weights are to be written to disk, in the precision that they have.
 *
 * <p>A weight that several modules share is given a copy for each module that is edited; the others
 * keep theirs. Memory use does not depend on the size of the graph.
 */
public final class MergedGraph {
  private static final int INLINE_LIMIT = 1024;

  private final OnnxGraph source;
  private final DataFileLayout dataFile;
  private final ModelProto model;

  private MergedGraph(OnnxGraph source, List<WeightEdit> edits) {
    this.source = source;
    this.dataFile = new DataFileLayout(source.file().getFileName() + "_data");
    this.model = merged(edits);
  }

  /**
   * Prepares the merge.
   *
   * @param edits no two of the same module
   * @throws WeightsException if a weight is neither float32 nor float16
   */
  public static MergedGraph of(OnnxGraph graph, List<WeightEdit> edits) {
    return new MergedGraph(graph, edits);
  }

  /** Disk space that the result takes, in bytes. */
  public long byteLength() {
    return dataFile.length() + model.getSerializedSize();
  }

  /**
   * Writes the graph under its own name, and its weights beside it under that name followed by
   * {@code _data}.
   *
   * @return the graph
   * @throws org.sardiffusion.core.run.CancelledException when {@code cancellation} is used or the
   *     thread is interrupted
   * @throws WeightsException when a file exists or can't be written, or weights can't be read
   */
  public Path into(Path folder, Progress progress, Cancellation cancellation) {
    Path graph = folder.resolve(source.file().getFileName());
    try {
      Files.createDirectories(folder);
      DiskSpace.require(
          folder,
          byteLength(),
          "The merged " + graph.getFileName(),
          "Free some there, or choose another folder.");
      if (!dataFile.copies().isEmpty()) {
        new DataFileWriter(folder.resolve(source.file().getFileName() + "_data"), dataFile.copies())
            .write(progress, cancellation);
      }
      try (OutputStream out =
          new BufferedOutputStream(Files.newOutputStream(graph, StandardOpenOption.CREATE_NEW))) {
        model.writeTo(out);
      }
      return graph;
    } catch (IOException e) {
      throw new WeightsException(
          folder,
          "the merged graph can't be written (" + e.getMessage() + ")",
          "Check the folder's permissions and its free space, or choose another folder.",
          e);
    }
  }

  private ModelProto merged(List<WeightEdit> edits) {
    Rewiring rewiring = new Rewiring(source);
    Map<String, Integer> reads = reads();
    Map<String, WeightEdit> byInitializer = new HashMap<>();
    Set<String> shared = new HashSet<>();
    for (WeightEdit edit : edits) {
      ModuleWeight target = edit.target();
      Rewiring.requireFloats(source, target);
      String initializer = target.initializer().name();
      if (reads.getOrDefault(initializer, 0) > target.uses().size()) {
        // Others read it too: this module gets its own.
        String own = rewiring.fresh(target.module() + ".weight");
        rewiring.graph().addInitializer(rewiring.tensor(initializer).toBuilder().setName(own));
        rewiring.redirect(target, own);
        shared.add(initializer);
        byInitializer.put(own, edit);
      } else {
        byInitializer.put(initializer, edit);
      }
    }
    rewiring.removeUnused(shared);
    for (TensorProto.Builder tensor : rewiring.graph().getInitializerBuilderList()) {
      place(tensor, byInitializer.get(tensor.getName()));
    }
    return rewiring.build();
  }

  private Map<String, Integer> reads() {
    Map<String, Integer> reads = new HashMap<>();
    Messages.visit(
        source.model(),
        message -> {
          if (message instanceof NodeProto node) {
            node.getInputList().forEach(input -> reads.merge(input, 1, Integer::sum));
          }
        });
    return reads;
  }

  private void place(TensorProto.Builder tensor, WeightEdit edit) {
    TensorProto before = tensor.build();
    Initializer weight = new StoredTensors(source.file()).describe(before);
    boolean external = weight.location() instanceof Initializer.Location.External;
    boolean packed =
        before.hasRawData()
            || weight.type() == ElementType.FLOAT
            || weight.type() == ElementType.FLOAT16;
    if (edit == null && !external && (!packed || weight.byteLength() <= INLINE_LIMIT)) {
      return;
    }
    WeightBytes bytes = WeightBytes.of(source, before, weight);
    long length = weight.byteLength();
    if (edit instanceof WeightEdit.Rewrite rewrite) {
      bytes = new WeightBytes.Rewritten(bytes, rewrite);
    } else if (edit != null) {
      bytes = new WeightBytes.Edited(bytes, weight.type(), RowEdit.of(edit));
      if (edit instanceof WeightEdit.Rows rows) {
        long width = weight.dims().get(1);
        long count = Math.max(weight.dims().get(0), rows.first() + rows.vectors().count() / width);
        tensor.setDims(0, count);
        length = weight.type().byteLength(count * width);
      }
    }
    dataFile.place(tensor, bytes, length, WeightCopy.Encoding.AS_IS);
  }
}
