package org.sardiffusion.core.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicMoveTest {
  @TempDir private Path folder;

  @Test
  void aFileReplacesAFormerOne() throws IOException {
    Path fresh = Files.writeString(folder.resolve("fresh"), "new");
    Path target = Files.writeString(folder.resolve("target"), "old");
    AtomicMove.move(fresh, target);
    assertEquals("new", Files.readString(target));
    assertFalse(Files.exists(fresh));
  }

  @Test
  void aFolderReplacesNoFolderThatHoldsSomething() throws IOException {
    Path fresh = Files.createDirectory(folder.resolve("fresh"));
    Files.writeString(fresh.resolve("file"), "new");
    Path target = folder.resolve("target");
    AtomicMove.move(fresh, target);
    assertEquals("new", Files.readString(target.resolve("file")));
    Path second = Files.createDirectory(folder.resolve("second"));
    assertThrows(IOException.class, () -> AtomicMove.move(second, target));
    assertTrue(Files.exists(target.resolve("file")));
  }
}
