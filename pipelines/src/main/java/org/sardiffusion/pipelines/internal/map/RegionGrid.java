package org.sardiffusion.pipelines.internal.map;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import org.sardiffusion.core.io.Sha256;

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

  /** SHA-256 of the cells, 64 hexadecimal digits. */
  String sha256() {
    MessageDigest digest = Sha256.digest();
    ByteBuffer bytes = ByteBuffer.allocate(cells[0].length * Character.BYTES);
    for (char[] row : cells) {
      bytes.clear().asCharBuffer().put(row);
      digest.update(bytes.array());
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /** The prompt at a cell; beyond the border it is as at the border. */
  int at(int column, int row) {
    char[] cellsOfRow = cells[Math.max(0, Math.min(cells.length - 1, row))];
    return cellsOfRow[Math.max(0, Math.min(cellsOfRow.length - 1, column))];
  }
}
