package org.sardiffusion.core.io;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LockFileTest {
  @TempDir private Path folder;

  @Test
  void oneOwnerAtATime() throws IOException {
    Path file = folder.resolve("lock");
    LockFile held = LockFile.take(file).orElseThrow();
    assertTrue(LockFile.take(folder.resolve("./lock")).isEmpty());
    assertTrue(LockFile.take(folder.resolve("other")).isPresent());
    held.close();
    assertTrue(Files.exists(file));
    assertTrue(LockFile.take(file).isPresent());
  }

  @Test
  void aFailureHoldsNothing() throws IOException {
    Path file = folder.resolve("absent/lock");
    assertThrows(NoSuchFileException.class, () -> LockFile.take(file));
    Files.createDirectory(file.getParent());
    assertTrue(LockFile.take(file).isPresent());
  }

  @Test
  void anOpenFileIsLockedOnce() throws IOException {
    Path file = Files.createFile(folder.resolve("journal"));
    try (FileChannel first = FileChannel.open(file, StandardOpenOption.WRITE);
        FileChannel second = FileChannel.open(file, StandardOpenOption.WRITE)) {
      assertTrue(LockFile.lock(first));
      assertFalse(LockFile.lock(second));
    }
  }
}
