package org.sardiffusion.cli.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.sardiffusion.cli.Quantity;
import org.sardiffusion.core.io.DiskSpace;
import org.sardiffusion.core.io.UserCache;

/** Where the default model, float32 copies of float16 weights, and native libraries are kept. */
final class CacheFolder implements Examination {
  private static final String SUBJECT = "Cache";
  private static final String REMEDY =
      "Set " + UserCache.ENVIRONMENT_VARIABLE + " to a folder that can be written.";

  /** The float32 copy of a full SDXL takes 14 GB. */
  private static final double ROOM = 15e9;

  @Override
  public List<Finding> findings() {
    Path root = UserCache.folder();
    try {
      Files.createDirectories(root);
      Files.delete(Files.createTempFile(root, "probe", ""));
      long free = DiskSpace.free(root);
      String found = "%s, %s free%s".formatted(root, Quantity.bytes(free), contents(root));
      return List.of(
          free >= ROOM
              ? Finding.ok(SUBJECT, found)
              : Finding.limited(
                  SUBJECT,
                  found,
                  "A full SDXL in fp16 needs "
                      + Quantity.bytes(ROOM)
                      + " here to run on the processor: free some space, or set "
                      + UserCache.ENVIRONMENT_VARIABLE
                      + " to a folder on a larger disk."));
    } catch (IOException e) {
      return List.of(
          new Finding(
              SUBJECT,
              Finding.Status.PROBLEM,
              root + " can't be written (" + e + ")",
              Optional.of(REMEDY)));
    }
  }

  private static String contents(Path root) throws IOException {
    Map<String, Long> sizes = new LinkedHashMap<>();
    try (Stream<Path> entries = Files.list(root)) {
      for (Path entry : entries.toList()) {
        sizes.put(entry.getFileName().toString(), size(entry));
      }
    }
    String listed =
        sizes.entrySet().stream()
            .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
            .map(entry -> entry.getKey() + " " + Quantity.bytes(entry.getValue()))
            .collect(Collectors.joining(", "));
    return listed.isEmpty() ? "; empty" : "; holds " + listed;
  }

  private static long size(Path entry) throws IOException {
    try (Stream<Path> files = Files.walk(entry)) {
      return files.mapToLong(file -> Files.isRegularFile(file) ? file.toFile().length() : 0).sum();
    }
  }
}
