package org.sardiffusion.runtime.session;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * The memory of this machine, or of the container that this process runs in.
 *
 * @param totalBytes all there is
 * @param availableBytes what can be taken without swapping; infinity where nobody knows
 */
public record MachineMemory(double totalBytes, double availableBytes) {
  private static final Path MEMINFO = Path.of("/proc/meminfo");

  /** The memory at this moment. */
  public static MachineMemory now() {
    if (ManagementFactory.getOperatingSystemMXBean()
        instanceof com.sun.management.OperatingSystemMXBean system) {
      // The JVM knows a container's limit, which Linux's own count passes over.
      double total = system.getTotalMemorySize();
      return new MachineMemory(total, Math.min(total, available(system.getFreeMemorySize())));
    }
    return new MachineMemory(Double.POSITIVE_INFINITY, available(Double.POSITIVE_INFINITY));
  }

  /**
   * Linux counts the page cache as used, though it is free to take: MemAvailable knows better than
   * the JVM.
   */
  private static double available(double otherwise) {
    if (!Files.isReadable(MEMINFO)) {
      return otherwise;
    }
    try (Stream<String> lines = Files.lines(MEMINFO)) {
      return lines
          .filter(line -> line.startsWith("MemAvailable:"))
          .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")) * 1024)
          .findFirst()
          .orElse(otherwise);
    } catch (IOException e) {
      return otherwise;
    }
  }
}
