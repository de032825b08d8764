package org.sardiffusion.core.io;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;

/** Where process numbers are told apart: a machine, or a container on it, since it was started. */
final class Host {
  private static final int BYTES = 6;

  private Host() {}

  /**
   * Twelve hexadecimal digits: of the name, and on Linux of the start of the system and of the
   * space of process numbers, since machines and containers may share names.
   */
  static String identity() {
    String described =
        name()
            + "\n"
            + content(Path.of("/proc/sys/kernel/random/boot_id"))
            + "\n"
            + link(Path.of("/proc/self/ns/pid"));
    return HexFormat.of()
        .formatHex(Sha256.of(described.getBytes(StandardCharsets.UTF_8)), 0, BYTES);
  }

  private static String name() {
    String kernel = content(Path.of("/proc/sys/kernel/hostname"));
    if (!kernel.isEmpty()) {
      return kernel;
    }
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "";
    }
  }

  private static String content(Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      // Not on this system.
      return "";
    }
  }

  private static String link(Path file) {
    try {
      return Files.readSymbolicLink(file).toString();
    } catch (IOException e) {
      return "";
    }
  }
}
