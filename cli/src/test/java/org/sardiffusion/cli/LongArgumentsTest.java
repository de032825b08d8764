package org.sardiffusion.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LongArgumentsTest {
  @TempDir Path folder;

  @AfterEach
  void forget() {
    System.clearProperty("sardiffusion.arguments");
  }

  @Test
  void areReadOnceFromTheLaunchersFile() throws IOException {
    Path file = Files.writeString(folder.resolve("arguments"), "generate\0--prompt\0é\n森 \0\0");
    System.setProperty("sardiffusion.arguments", file.toString());
    assertArrayEquals(
        new String[] {"generate", "--prompt", "é\n森 ", ""}, LongArguments.or(new String[0]));
    assertFalse(Files.exists(file));
  }

  @Test
  void areUsuallyNotThere() {
    String[] arguments = {"--help"};
    assertSame(arguments, LongArguments.or(arguments));
  }
}
