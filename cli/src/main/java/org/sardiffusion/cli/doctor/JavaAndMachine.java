package org.sardiffusion.cli.doctor;

import java.util.List;
import org.sardiffusion.cli.Quantity;
import org.sardiffusion.runtime.session.MachineMemory;

/** This program, the Java that runs it, and the machine beneath. */
record JavaAndMachine(String version) implements Examination {
  /** The default model runs in less; a full SDXL in float32 takes 11 GB. */
  private static final double SMALL_MEMORY = 1e9;

  private static final double FULL_MEMORY = 12e9;

  @Override
  public List<Finding> findings() {
    return List.of(
        Finding.ok("Version", version),
        Finding.ok(
            "Java",
            "%s, %s, heap up to %s"
                .formatted(
                    System.getProperty("java.version"),
                    System.getProperty("java.vendor"),
                    Quantity.bytes(Runtime.getRuntime().maxMemory()))),
        Finding.ok(
            "System",
            "%s %s, %s, %d cores"
                .formatted(
                    System.getProperty("os.name"),
                    System.getProperty("os.version"),
                    System.getProperty("os.arch"),
                    Runtime.getRuntime().availableProcessors())),
        memory());
  }

  private static Finding memory() {
    MachineMemory memory = MachineMemory.now();
    String found =
        "%s, of which %s are available"
            .formatted(
                Quantity.bytes(memory.totalBytes()), Quantity.bytes(memory.availableBytes()));
    if (memory.availableBytes() < SMALL_MEMORY) {
      return Finding.limited(
          "Memory",
          found,
          "Close other programs: even a small model needs about "
              + Quantity.bytes(SMALL_MEMORY)
              + ".");
    }
    if (memory.availableBytes() < FULL_MEMORY) {
      return Finding.limited(
          "Memory",
          found,
          "Small models run. A full SDXL in fp32 wants "
              + Quantity.bytes(FULL_MEMORY)
              + " on the processor: use --device cuda with an fp16 model there.");
    }
    return Finding.ok("Memory", found);
  }
}
