package org.sardiffusion.pipelines.batch;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.sardiffusion.core.io.DiskFullException;
import org.sardiffusion.core.io.DiskSpace;
import org.sardiffusion.core.io.LockFile;
import org.sardiffusion.core.io.OutputException;

/**
 * Who makes which group of images, among processes that share a folder.
 *
 * <p>A claim is a file that only one process can create. It names its owner, whose being alive is a
 * lock on a file of its own that the operating system frees whatever becomes of the process. The
 * claim of a dead owner stays; the next generation of it is created beside it, which again only one
 * process can do. Whoever has a claim still has to look whether its images were made before: a
 * process that ends takes its claims away.
 */
final class Claims implements AutoCloseable {
  private static final String FOLDER = ".claims";

  /** A UUID as text. */
  private static final long OWNER_BYTES = 36;

  /** Between creating a claim and naming its owner lie microseconds. */
  private static final Duration UNNAMED = Duration.ofMinutes(1);

  /** A second view of a lock's file would free the lock when it is closed, within one process. */
  private static final Set<String> OWN = ConcurrentHashMap.newKeySet();

  private final Path folder;
  private final String owner = UUID.randomUUID().toString();
  private final FileChannel alive;
  private final List<Path> claimed = new ArrayList<>();

  private Claims(Path folder) throws IOException {
    this.folder = folder;
    Files.createDirectories(folder);
    OWN.add(owner);
    alive =
        FileChannel.open(
            folder.resolve(owner), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    alive.lock();
  }

  /**
   * Begins to take part.
   *
   * @param dataset the folder that is shared
   * @throws OutputException if it can't be written
   */
  static Claims open(Path dataset) {
    Path folder = dataset.resolve(FOLDER);
    try {
      return new Claims(folder);
    } catch (IOException e) {
      throw failure(folder, e);
    }
  }

  /**
   * Claims something; no other process does, while this one lives.
   *
   * @return whether it is this process's now, and was not before
   * @throws OutputException if the folder can't be written
   */
  synchronized boolean claim(String name) {
    try {
      for (int generation = 0; ; generation++) {
        Path claim = folder.resolve(name + "." + generation);
        try {
          Files.createFile(claim);
          name(claim);
          claimed.add(claim);
          return true;
        } catch (FileAlreadyExistsException e) {
          if (held(claim)) {
            return false;
          }
        }
      }
    } catch (IOException e) {
      throw failure(e);
    }
  }

  private void name(Path claim) throws IOException {
    try {
      Files.writeString(claim, owner, StandardOpenOption.WRITE);
    } catch (IOException e) {
      // Without an owner it would keep everybody waiting, this process too.
      Files.deleteIfExists(claim);
      throw e;
    }
  }

  /** How many claims this process has made. */
  synchronized int count() {
    return claimed.size();
  }

  private boolean held(Path claim) throws IOException {
    try {
      String by = Files.readString(claim);
      if (by.isEmpty()) {
        Instant made = Files.getLastModifiedTime(claim).toInstant();
        return made.plus(UNNAMED).isAfter(Instant.now());
      }
      return OWN.contains(by) || locked(folder.resolve(by));
    } catch (NoSuchFileException e) {
      // Taken away by an owner that has ended.
      return false;
    }
  }

  private static boolean locked(Path file) throws IOException {
    try (FileChannel theirs = FileChannel.open(file, StandardOpenOption.WRITE)) {
      return !LockFile.lock(theirs);
    }
  }

  /** Takes away what dead processes left: nothing is to be claimed any more. */
  synchronized void sweep() {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        boolean claim = file.getFileName().toString().contains(".");
        if (claim ? !held(file) : !OWN.contains(file.getFileName().toString()) && !locked(file)) {
          Files.deleteIfExists(file);
        }
      }
    } catch (NoSuchFileException e) {
      // Another process is sweeping too.
      return;
    } catch (IOException e) {
      throw failure(e);
    }
  }

  private OutputException failure(IOException e) {
    return failure(folder, e);
  }

  private static OutputException failure(Path folder, IOException e) {
    if (Journal.full(e)) {
      return new DiskFullException(folder, OWNER_BYTES, DiskSpace.free(folder), e);
    }
    return new OutputException(
        "Cannot share the folder with other processes: " + e.getMessage() + ".", e);
  }

  /** Gives back what was claimed. */
  @Override
  public synchronized void close() {
    try {
      for (Path claim : claimed) {
        Files.deleteIfExists(claim);
      }
      OWN.remove(owner);
      alive.close();
      Files.deleteIfExists(folder.resolve(owner));
      Files.delete(folder);
    } catch (DirectoryNotEmptyException | NoSuchFileException e) {
      // Others are at work, or have cleared up.
      return;
    } catch (IOException e) {
      throw failure(e);
    }
  }
}
