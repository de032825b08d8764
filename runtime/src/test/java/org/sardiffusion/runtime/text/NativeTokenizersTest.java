package org.sardiffusion.runtime.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where the native library goes, seen from fresh processes. */
class NativeTokenizersTest {
  @TempDir Path folder;

  /** The other process: encodes once. */
  static final class Encoding {
    private Encoding() {}

    public static void main(String[] arguments) {
      try (ClipTokenizer tokenizer = ClipTokenizer.load(Path.of(arguments[0]))) {
        System.out.println("encoded " + tokenizer.encode("radar").ids().length);
      } catch (TokenizerException e) {
        System.out.println("refused " + e.getMessage());
      }
    }
  }

  @Test
  void itLastsInTheHomeDirectory() throws Exception {
    Path home = Files.createDirectory(folder.resolve("home"));
    assertEquals("encoded 77", run("-Duser.home=" + home));
    assertEquals(1, libraries(home));
  }

  @Test
  void aHomeThatCantBeWrittenGetsAFolderForThisProcessOnly() throws Exception {
    // A file in the place of the home: nobody can write under it, not even root.
    Path home = Files.createFile(folder.resolve("home"));
    Path temporary = Files.createDirectory(folder.resolve("temporary"));
    assertEquals("encoded 77", run("-Duser.home=" + home, "-Djava.io.tmpdir=" + temporary));
    assertEquals(0, libraries(temporary));
  }

  @Test
  void theUsersCacheIsTaken() throws Exception {
    Path cache = folder.resolve("cache");
    assertEquals("encoded 77", run("-DENGINE_CACHE_DIR=" + cache));
    assertEquals(1, libraries(cache));
  }

  @Test
  void aCacheThatCantBeWrittenSaysWhatToDo() throws Exception {
    Path file = Files.createFile(folder.resolve("file"));
    String answer = run("-DENGINE_CACHE_DIR=" + file.resolve("cache"));
    assertTrue(answer.startsWith("refused"), answer);
    assertTrue(answer.contains("ENGINE_CACHE_DIR"), answer);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 100_000})
  void aLibraryThatWasCutShortIsUnpackedAnew(long length) throws Exception {
    Path cache = folder.resolve("cache");
    run("-DENGINE_CACHE_DIR=" + cache);
    Path library;
    try (Stream<Path> paths = Files.walk(cache)) {
      library =
          paths.filter(p -> p.endsWith(System.mapLibraryName("tokenizers"))).findFirst().get();
    }
    byte[] whole = Files.readAllBytes(library);
    Files.write(library, Arrays.copyOf(whole, (int) length));
    assertEquals("encoded 77", run("-DENGINE_CACHE_DIR=" + cache));
    assertArrayEquals(whole, Files.readAllBytes(library));
  }

  private static long libraries(Path root) throws IOException {
    try (Stream<Path> paths = Files.walk(root)) {
      return paths.filter(p -> p.endsWith(System.mapLibraryName("tokenizers"))).count();
    }
  }

  /** The last line that the other process prints. */
  private String run(String... options) throws Exception {
    Path output = folder.resolve("output");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(options));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Encoding.class.getName()));
    command.add(TokenizerGoldens.path("tokenizer").toString());
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().remove("ENGINE_CACHE_DIR");
    builder.environment().remove("DJL_CACHE_DIR");
    builder.environment().remove("SAR_DIFFUSION_CACHE");
    builder.environment().remove("XDG_CACHE_HOME");
    Process process = builder.redirectOutput(output.toFile()).start();
    assertTrue(process.waitFor(25, TimeUnit.SECONDS), "the process hangs");
    List<String> lines = Files.readAllLines(output, StandardCharsets.UTF_8);
    return lines.get(lines.size() - 1);
  }
}
