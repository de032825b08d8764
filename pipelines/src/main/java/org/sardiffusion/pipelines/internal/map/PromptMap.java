package org.sardiffusion.pipelines.internal.map;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.sardiffusion.core.raster.Window;
import org.sardiffusion.pipelines.scene.SceneFrame;
import org.sardiffusion.runtime.diffusion.PromptField;

/**
 * A prompt map over a scene: regions with a prompt each, blended where they meet.
 *
 * <p>With m(p) the prompt of the region at a latent pixel p (beyond the scene's border as at the
 * border), the weight of prompt i is {@code w_i(p) = sum_q k(p - q) [m(q) = i]}, where k is the
 * product of a raised cosine over rows and one over columns (see {@code BlendingKernel}). Since k
 * sums to 1, so do the weights; across a straight border between two regions they change from 0 to
 * 1 within the blending width, and half a width away from all borders a region's prompt holds
 * alone.
 *
 * <p>The map is drawn once, when it is made, with 2 bytes per latent pixel; weights are computed
 * when they are asked for, always from the same cells in the same order, so that they do not depend
 * on the window.
 */
public final class PromptMap implements PromptField {
  private final RegionGrid grid;
  private final BlendingKernel kernel;
  private final double blend;
  private final List<String> warnings;

  private PromptMap(RegionGrid grid, PromptMapRequest request, List<String> warnings) {
    SceneFrame frame = request.frame();
    this.grid = grid;
    this.blend = request.blend();
    this.kernel = BlendingKernel.ofWidth(blend / (frame.spacing() * frame.factor()));
    this.warnings = List.copyOf(warnings);
  }

  /**
   * Reads a map and draws it.
   *
   * @throws PromptMapException if the file can't be used, or leaves a place without a prompt
   * @throws org.sardiffusion.core.SarDiffusionException if a raster can't be read
   */
  public static PromptMap of(RegionSource source, PromptMapRequest request) {
    RegionCanvas canvas = new RegionCanvas(request.frame());
    source.draw(canvas);
    RegionGrid grid = canvas.finish(request.background());
    return new PromptMap(grid, request, canvas.warnings());
  }

  /** What the user should know though the map can be used: one sentence each. */
  public List<String> warnings() {
    return warnings;
  }

  /** Width of the transition between regions, metres. */
  public double blend() {
    return blend;
  }

  /** SHA-256 of the region of every latent pixel, 64 hexadecimal digits. */
  public String sha256() {
    return grid.sha256();
  }

  @Override
  public List<String> prompts() {
    return grid.prompts();
  }

  /**
   * The index of the prompt whose region a latent pixel lies in, without blending.
   *
   * @param column latent pixels; beyond the border as at the border
   * @param row likewise
   */
  public int region(int column, int row) {
    return grid.at(column, row);
  }

  @Override
  public List<Share> shares(Window window) {
    int radius = kernel.radius();
    Around around =
        new Around(
            window.x() - radius,
            window.y() - radius,
            window.width() + 2 * radius,
            window.height() + 2 * radius);
    int[] regions = around.regions(grid);
    BitSet present = new BitSet();
    for (int region : regions) {
      present.set(region);
    }
    List<Share> shares = new ArrayList<>();
    for (int prompt : present.stream().toArray()) {
      float[] weights = smooth(around, regions, prompt);
      if (hasWeight(weights)) {
        shares.add(new Share(prompt, weights));
      }
    }
    return shares;
  }

  /** A window with as much around it as is blended in: it may reach beyond the scene. */
  private record Around(int x, int y, int width, int height) {
    int[] regions(RegionGrid grid) {
      int[] regions = new int[width * height];
      for (int i = 0; i < regions.length; i++) {
        regions[i] = grid.at(x + i % width, y + i / width);
      }
      return regions;
    }
  }

  /** The share of one prompt: its region smoothed along rows, then along columns. */
  private float[] smooth(Around around, int[] regions, int prompt) {
    int width = around.width - 2 * kernel.radius();
    int height = around.height - 2 * kernel.radius();
    double[] rows = new double[width * around.height];
    for (int row = 0; row < around.height; row++) {
      for (int column = 0; column < width; column++) {
        double sum = 0;
        int first = row * around.width + column;
        for (int i = 0; i < kernel.length(); i++) {
          sum += regions[first + i] == prompt ? kernel.tap(i) : 0;
        }
        rows[row * width + column] = sum;
      }
    }
    float[] weights = new float[width * height];
    double[] sums = new double[width];
    for (int row = 0; row < height; row++) {
      Arrays.fill(sums, 0);
      for (int i = 0; i < kernel.length(); i++) {
        for (int column = 0; column < width; column++) {
          sums[column] += kernel.tap(i) * rows[(row + i) * width + column];
        }
      }
      for (int column = 0; column < width; column++) {
        weights[row * width + column] = (float) Math.min(1, sums[column]);
      }
    }
    return weights;
  }

  private static boolean hasWeight(float[] weights) {
    for (float weight : weights) {
      if (weight > 0) {
        return true;
      }
    }
    return false;
  }
}
