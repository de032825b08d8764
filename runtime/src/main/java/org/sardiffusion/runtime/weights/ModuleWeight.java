package org.sardiffusion.runtime.weights;

import java.util.List;

/**
 * The weight of one module of the network, as it lies in a graph.
 *
 * @param module its canonical path (see {@link ModulePath})
 * @param initializer what holds it; other modules may hold theirs in the same one
 * @param layout how it is stored
 * @param uses where the module reads it
 */
public record ModuleWeight(String module, Initializer initializer, Layout layout, List<Use> uses) {

  public ModuleWeight {
    uses = List.copyOf(uses);
  }

  /** How a matrix is stored. */
  public enum Layout {
    /** As torch has it: [out, in], or [out, in, height, width] for a convolution. */
    AS_IS,
    /** The other way round: [in, out]. */
    TRANSPOSED
  }

  /** Input number {@code input} of node number {@code node} of the main graph. */
  public record Use(int node, int input) {}

  /** The shape that the network's own weight has, such as [out, in]. */
  public List<Long> shape() {
    List<Long> dims = initializer.dims();
    return layout == Layout.TRANSPOSED ? List.of(dims.get(1), dims.get(0)) : dims;
  }
}
