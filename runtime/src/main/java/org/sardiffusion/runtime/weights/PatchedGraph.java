package org.sardiffusion.runtime.weights;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A graph that changes its own weights while it is being loaded.
 *
 * <p>Before each changed weight goes a node that computes it, W' = Gemm(up, down, W), from the
 * weight on disk and the adapter's factors in memory. ONNX Runtime folds such constants when it
 * optimises a graph, one weight after the other and in memory of its own, so that nothing is
 * written to disk and no weight is ever held twice. (To hand it merged tensors would keep both them
 * and its packed copies in memory for the session's life.) Where it has no kernel to fold with, as
 * for float16 on a processor, the nodes stay and run: slower, but equally right.
 */
public final class PatchedGraph {

  /** External tensors must name a file; this one is never opened, as the tensor is supplied. */
  private static final String SUPPLIED = "supplied-in-memory";

  private static final int INLINE_LIMIT = 1024;

  private final OnnxGraph source;
  private final Rewiring rewiring;
  private final List<NodeProto> nodes = new ArrayList<>();
  private final List<Supplied> supplied = new ArrayList<>();
  private final byte[] model;

  /**
   * A tensor to hand to the session together with the graph.
   *
   * @param bytes little-endian, direct; must stay alive as long as the session
   */
  public record Supplied(String name, ElementType type, List<Long> dims, ByteBuffer bytes) {}

  private PatchedGraph(OnnxGraph source, List<WeightEdit> edits) {
    this.source = source;
    this.rewiring = new Rewiring(source);
    for (WeightEdit edit : edits) {
      Rewiring.requireFloats(source, edit.target());
      String changed;
      if (edit instanceof WeightEdit.LowRank lowRank) {
        changed = lowRank(lowRank);
      } else if (edit instanceof WeightEdit.Rewrite rewrite) {
        changed = rewritten(rewrite);
      } else {
        changed = rows((WeightEdit.Rows) edit);
      }
      rewiring.redirect(edit.target(), changed);
    }
    rewiring.prepend(nodes);
    rewiring.removeUnused(
        edits.stream().map(edit -> edit.target().initializer().name()).collect(Collectors.toSet()));
    this.model = rewiring.build().toByteArray();
  }

  /**
   * Patches a graph.
   *
   * @param edits no two of the same module
   * @throws WeightsException if a weight is neither float32 nor float16
   */
  public static PatchedGraph of(OnnxGraph graph, List<WeightEdit> edits) {
    return new PatchedGraph(graph, edits);
  }

  /** The file of the graph that was patched; external weights lie in its folder. */
  public Path file() {
    return source.file();
  }

  /** The patched graph as ONNX. */
  public byte[] model() {
    return model;
  }

  /** The tensors that the graph needs beside its own. */
  public List<Supplied> supplied() {
    return List.copyOf(supplied);
  }

  /** Adds the nodes of one changed weight; returns the value that holds it. */
  private String lowRank(WeightEdit.LowRank edit) {
    ModuleWeight target = edit.target();
    List<Long> dims = target.initializer().dims();
    long out = target.shape().get(0);
    boolean convolution = dims.size() > 2;
    WeightEdit.Factors factors = joined(edit, out);
    long in = factors.down().count() / Math.max(1, factors.rank());
    ElementType type = target.initializer().type();
    String up = supply(target, "up", type, List.of(out, (long) factors.rank()), factors.up());
    String down = supply(target, "down", type, List.of((long) factors.rank(), in), factors.down());
    String weight = convolution ? flat(target, out, in) : target.initializer().name();
    String merged = rewiring.fresh(target.module() + ".weight.merged");
    NodeProto.Builder gemm = node("Gemm", target, "merge").addOutput(merged);
    if (target.layout() == ModuleWeight.Layout.TRANSPOSED) {
      // (up down)' = down' up'
      gemm.addInput(down).addInput(up).addAttribute(flag("transA")).addAttribute(flag("transB"));
    } else {
      gemm.addInput(up).addInput(down);
    }
    nodes.add(
        gemm.addInput(weight)
            .addAttribute(
                AttributeProto.newBuilder()
                    .setName("alpha")
                    .setType(AttributeProto.AttributeType.FLOAT)
                    .setF((float) factors.scale()))
            .build());
    if (!convolution) {
      return merged;
    }
    String shape = inline(target, "shape", dims);
    String shaped = rewiring.fresh(target.module() + ".weight.shaped");
    nodes.add(
        node("Reshape", target, "reshape")
            .addInput(merged)
            .addInput(shape)
            .addOutput(shaped)
            .build());
    return shaped;
  }

  /** The weight itself, computed here: it stays in memory beside what the session packs of it. */
  private String rewritten(WeightEdit.Rewrite edit) {
    ModuleWeight target = edit.target();
    Initializer weight = target.initializer();
    try {
      float[] values =
          RewrittenWeight.values(
              WeightBytes.of(source, rewiring.tensor(weight.name()), weight), edit);
      return supply(target, "changed", weight.type(), weight.dims(), new FloatArray(values));
    } catch (IOException e) {
      throw new WeightsException(
          source.file(),
          "the weight of " + target.module() + " can't be read (" + e.getMessage() + ")",
          "Copy or export the model again.",
          e);
    }
  }

  /** The same stored values, read as a matrix. */
  private String flat(ModuleWeight target, long out, long in) {
    String name = rewiring.fresh(target.module() + ".weight.flat");
    rewiring
        .graph()
        .addInitializer(
            rewiring.tensor(target.initializer().name()).toBuilder()
                .setName(name)
                .clearDims()
                .addAllDims(List.of(out, in)));
    return name;
  }

  private String rows(WeightEdit.Rows edit) {
    ModuleWeight target = edit.target();
    Initializer table = target.initializer();
    long width = table.dims().get(1);
    long count = edit.vectors().count() / width;
    String rows = supply(target, "rows", table.type(), List.of(count, width), edit.vectors());
    long height = table.dims().get(0);
    String joined = rewiring.fresh(target.module() + ".weight.extended");
    NodeProto.Builder concat = node("Concat", target, "extend").addOutput(joined);
    concat.addAttribute(
        AttributeProto.newBuilder()
            .setName("axis")
            .setType(AttributeProto.AttributeType.INT)
            .setI(0));
    concat.addInput(edit.first() == height ? table.name() : slice(target, 0, edit.first()));
    concat.addInput(rows);
    if (edit.first() + count < height) {
      concat.addInput(slice(target, edit.first() + count, height));
    }
    nodes.add(concat.build());
    return joined;
  }

  private String slice(ModuleWeight target, long from, long to) {
    String name = rewiring.fresh(target.module() + ".weight.rows_" + from);
    nodes.add(
        node("Slice", target, "slice_" + from)
            .addInput(target.initializer().name())
            .addInput(inline(target, "from", List.of(from)))
            .addInput(inline(target, "to", List.of(to)))
            .addOutput(name)
            .build());
    return name;
  }

  private static NodeProto.Builder node(String operator, ModuleWeight target, String purpose) {
    return NodeProto.newBuilder().setOpType(operator).setName(target.module() + "." + purpose);
  }

  private static AttributeProto flag(String name) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.INT)
        .setI(1)
        .build();
  }

  private String inline(ModuleWeight target, String purpose, List<Long> values) {
    String name = rewiring.fresh(target.module() + ".weight." + purpose);
    rewiring
        .graph()
        .addInitializer(
            TensorProto.newBuilder()
                .setName(name)
                .setDataType(ElementType.INT64.code())
                .addDims(values.size())
                .addAllInt64Data(values));
    return name;
  }

  private String supply(
      ModuleWeight target, String purpose, ElementType type, List<Long> dims, FloatValues values) {
    String name = rewiring.fresh(target.module() + ".weight." + purpose);
    ByteBuffer bytes = inType(type, values);
    TensorProto.Builder tensor =
        TensorProto.newBuilder().setName(name).setDataType(type.code()).addAllDims(dims);
    if (bytes.remaining() <= INLINE_LIMIT) {
      tensor.setRawData(ByteString.copyFrom(bytes));
    } else {
      tensor
          .setDataLocation(TensorProto.DataLocation.EXTERNAL)
          .addExternalData(entry("location", SUPPLIED))
          .addExternalData(entry("offset", "0"))
          .addExternalData(entry("length", Integer.toString(bytes.remaining())));
      supplied.add(new Supplied(name, type, dims, bytes));
    }
    rewiring.graph().addInitializer(tensor);
    return name;
  }

  private static StringStringEntryProto entry(String key, String value) {
    return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
  }

  private static ByteBuffer inType(ElementType type, FloatValues values) {
    if (type == ElementType.FLOAT) {
      return values.directFloats().orElseGet(() -> direct(values.toFloats()));
    }
    float[] floats = values.toFloats();
    ByteBuffer bytes = buffer(Short.BYTES * (long) floats.length);
    for (float value : floats) {
      bytes.putShort(Float16.nearest(value));
    }
    return bytes.flip();
  }

  private static ByteBuffer direct(float[] values) {
    ByteBuffer bytes = buffer(Float.BYTES * (long) values.length);
    bytes.asFloatBuffer().put(values);
    return bytes;
  }

  private static ByteBuffer buffer(long length) {
    return ByteBuffer.allocateDirect(Math.toIntExact(length)).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Several products as one: their factors side by side, each scale moved into the left one. */
  private static WeightEdit.Factors joined(WeightEdit.LowRank edit, long out) {
    if (edit.factors().size() == 1) {
      return edit.factors().get(0);
    }
    int rank = edit.factors().stream().mapToInt(WeightEdit.Factors::rank).sum();
    int rows = Math.toIntExact(out);
    int columns =
        Math.toIntExact(edit.factors().get(0).down().count() / edit.factors().get(0).rank());
    float[] up = new float[Math.multiplyExact(rows, rank)];
    float[] down = new float[Math.multiplyExact(rank, columns)];
    int first = 0;
    for (WeightEdit.Factors each : edit.factors()) {
      float[] from = each.up().toFloats();
      for (int row = 0; row < rows; row++) {
        for (int k = 0; k < each.rank(); k++) {
          up[row * rank + first + k] = (float) (from[row * each.rank() + k] * each.scale());
        }
      }
      System.arraycopy(each.down().toFloats(), 0, down, first * columns, each.rank() * columns);
      first += each.rank();
    }
    return new WeightEdit.Factors(new FloatArray(up), new FloatArray(down), rank, 1);
  }
}
