package org.sardiffusion.core.io;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DistinctFilesTest {
  @TempDir private Path folder;

  @Test
  void filesOfTheirOwnPass() {
    Path in = folder.resolve("in.tif");
    assertDoesNotThrow(
        () ->
            DistinctFiles.require(
                List.of(in, in), List.of(folder.resolve("a.tif"), folder.resolve("b/a.tif"))));
  }

  @Test
  void anInputIsNoOutputByAnyName() throws IOException {
    Path in = Files.createFile(folder.resolve("in.tif"));
    Path link = Files.createSymbolicLink(folder.resolve("link.tif"), in);
    Path other = Files.createSymbolicLink(folder.resolve("other"), folder);
    for (Path out : List.of(in, folder.resolve("x/../in.tif"), link, other.resolve("in.tif"))) {
      String message =
          assertThrows(
                  OverwriteException.class, () -> DistinctFiles.require(List.of(in), List.of(out)))
              .getMessage();
      assertTrue(message.contains(out.toString()), message);
    }
  }

  @Test
  void twoOutputsAreTwoFiles() throws IOException {
    Path other = Files.createSymbolicLink(folder.resolve("other"), folder);
    // Neither is there yet.
    List<Path> outputs = List.of(folder.resolve("q.npy"), other.resolve("q.npy"));
    assertThrows(OverwriteException.class, () -> DistinctFiles.require(List.of(), outputs));
  }
}
