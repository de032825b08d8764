package org.sardiffusion.core.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sardiffusion.core.SarDiffusionException;

class DiskSpaceTest {
  @TempDir private Path folder;

  @Test
  void ofAFolderThatIsNotThereYet() throws IOException {
    long total = Files.getFileStore(folder).getTotalSpace();
    long free = DiskSpace.free(folder.resolve("not/yet"));
    assertTrue(free > 0 && free <= total, free + " of " + total);
  }

  @Test
  void saysWhatDoesNotFitWhereAndWhatToDo() {
    DiskSpace.require(folder, 1, "A byte", "");
    DiskFullException e =
        assertThrows(
            DiskFullException.class,
            () -> DiskSpace.require(folder, 1L << 60, "The scene", "Make a smaller scene."));
    assertTrue(
        e.getMessage().startsWith("The scene needs 1048576.0 TiB on the disk of " + folder + ", "),
        e.getMessage());
    assertTrue(e.getMessage().endsWith(" are free. Make a smaller scene."), e.getMessage());
    assertEquals(SarDiffusionException.Kind.RESOURCE, e.kind());
  }
}
