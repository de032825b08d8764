package org.sardiffusion.core.io;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A file that one owner at a time holds, among processes and within this one. The operating system
 * frees it whatever becomes of the process.
 */
public final class LockFile implements AutoCloseable {
  /**
   * What this process holds. A file lock belongs to the whole process, and POSIX drops it when any
   * channel on the file is closed: so nobody opens the file again meanwhile.
   */
  private static final Set<Path> HELD_HERE = ConcurrentHashMap.newKeySet();

  private final Path file;
  private final FileChannel channel;

  private LockFile(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * Takes the file, which is made if needed.
   *
   * @return empty if another holds it
   * @throws IOException if it can't be opened
   */
  public static Optional<LockFile> take(Path file) throws IOException {
    Path absolute = file.toAbsolutePath().normalize();
    if (!HELD_HERE.add(absolute)) {
      return Optional.empty();
    }
    FileChannel channel = null;
    boolean taken = false;
    try {
      channel = FileChannel.open(absolute, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      taken = lock(channel);
      return taken ? Optional.of(new LockFile(absolute, channel)) : Optional.empty();
    } finally {
      if (!taken) {
        if (channel != null) {
          channel.close();
        }
        HELD_HERE.remove(absolute);
      }
    }
  }

  /**
   * Locks a file that is open anyhow; closing the channel frees it.
   *
   * @return false if another holds it, in this process or elsewhere
   */
  public static boolean lock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  /** Frees the file, and leaves it: were it deleted, two processes could hold "the" lock. */
  @Override
  public void close() throws IOException {
    try {
      channel.close();
    } finally {
      HELD_HERE.remove(file);
    }
  }
}
