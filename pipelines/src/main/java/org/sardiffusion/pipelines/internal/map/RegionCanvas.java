package org.sardiffusion.pipelines.internal.map;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.sardiffusion.core.Remedy;
import org.sardiffusion.pipelines.scene.SceneFrame;

/**
 * The latent pixels of a scene, onto which regions are drawn one over the other.
 *
 * <p>A cell belongs to a region if its centre lies within, by the even-odd rule; a centre on a
 * common border of two regions lies within exactly one of them. It holds 2 bytes per latent pixel:
 * 9 MB for 40,000 x 7,000 pixels of a model with 8 pixels per latent pixel.
 */
final class RegionCanvas {
  private static final int MOST_PROMPTS = Character.MAX_VALUE;
  private static final int MOST_WARNINGS = 5;
  private static final char UNCOVERED = 0;

  private final SceneFrame frame;
  private final char[][] cells;
  private final Map<String, Character> numbers = new LinkedHashMap<>();
  private final List<String> warnings = new ArrayList<>();
  private int unheard;

  RegionCanvas(SceneFrame frame) {
    this.frame = frame;
    this.cells = new char[frame.rows()][frame.columns()];
  }

  SceneFrame frame() {
    return frame;
  }

  /** The number, from 1, by which a prompt's cells are marked. */
  char number(String prompt) {
    Character known = numbers.get(prompt);
    if (known != null) {
      return known;
    }
    if (numbers.size() == MOST_PROMPTS) {
      throw new PromptMapException("A prompt map has at most " + MOST_PROMPTS + " prompts.");
    }
    char number = (char) (numbers.size() + 1);
    numbers.put(prompt, number);
    return number;
  }

  void mark(int column, int row, char number) {
    cells[row][column] = number;
  }

  /** Something that the user should know though the map can be used. */
  void warn(String warning) {
    if (warnings.size() < MOST_WARNINGS) {
      warnings.add(warning);
    } else {
      unheard++;
    }
  }

  /**
   * Draws a region with holes.
   *
   * @param rings x and y in turn, in cells; whether first and last are the same does not matter
   * @return how many cells it has in the scene
   */
  int fill(String prompt, List<double[]> rings) {
    char number = number(prompt);
    Crossings crossings = Crossings.of(rings, CellCentres.ofRows(frame));
    CellCentres columns = CellCentres.ofColumns(frame);
    int filled = 0;
    for (int row = crossings.firstRow(); row < crossings.endRow(); row++) {
      double[] x = crossings.in(row);
      for (int i = 0; i + 1 < x.length; i += 2) {
        int from = columns.firstFrom(x[i]);
        int to = columns.firstFrom(x[i + 1]);
        Arrays.fill(cells[row], from, to, number);
        filled += to - from;
      }
    }
    return filled;
  }

  /**
   * What was drawn, with the prompts that are to be seen.
   *
   * @param background the prompt of what no region covers
   * @throws PromptMapException if something is not covered and there is no background
   */
  RegionGrid finish(Optional<String> background) {
    long[] areas = new long[numbers.size() + 1];
    for (int row = 0; row < cells.length; row++) {
      for (int column = 0; column < cells[row].length; column++) {
        if (cells[row][column] == UNCOVERED && background.isEmpty()) {
          throw new PromptMapException(
              "No region covers "
                  + frame.describe(column, row)
                  + ": give a prompt for what the map leaves open.",
              Remedy.choose("prompt"));
        }
        areas[cells[row][column]]++;
      }
    }
    if (areas[UNCOVERED] > 0) {
      char below = number(background.orElseThrow());
      areas = Arrays.copyOf(areas, numbers.size() + 1);
      areas[below] += areas[UNCOVERED];
      replace(UNCOVERED, below);
    }
    return seen(areas);
  }

  private void replace(char old, char number) {
    for (char[] row : cells) {
      for (int column = 0; column < row.length; column++) {
        if (row[column] == old) {
          row[column] = number;
        }
      }
    }
  }

  private RegionGrid seen(long[] areas) {
    List<String> prompts = new ArrayList<>();
    char[] indices = new char[areas.length];
    numbers.forEach(
        (prompt, number) -> {
          if (areas[number] > 0) {
            indices[number] = (char) prompts.size();
            prompts.add(prompt);
          }
        });
    for (char[] row : cells) {
      for (int column = 0; column < row.length; column++) {
        row[column] = indices[row[column]];
      }
    }
    return new RegionGrid(prompts, cells);
  }

  List<String> warnings() {
    List<String> all = new ArrayList<>(warnings);
    if (unheard > 0) {
      all.add("... and " + unheard + " more such warnings.");
    }
    return all;
  }
}
