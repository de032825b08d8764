package org.sardiffusion.pipelines.scene.map;

import java.util.List;

/**
 * The prompt of every latent pixel of a scene, with hard borders.
 *
 * @param prompts those that occur
 * @param cells [rows][columns], indices into {@code prompts}
 */
record RegionGrid(List<String> prompts, char[][] cells) {
  RegionGrid {
    prompts = List.copyOf(prompts);
  }

  /** The prompt at a cell; beyond the border it is as at the border. */
  int at(int column, int row) {
    char[] cellsOfRow = cells[Math.max(0, Math.min(cells.length - 1, row))];
    return cellsOfRow[Math.max(0, Math.min(cellsOfRow.length - 1, column))];
  }
}
