package org.sardiffusion.core.io;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One file on its way: written under a temporary name in the folder of its target, then moved into
 * place.
 *
 * <p>Whatever goes wrong before {@link #commit()}, {@link #close()} deletes the temporary file and
 * the folders that were made for it, and a former file of that name stays as it was. A shutdown
 * hook calls {@link #abandonAll()} so that an interrupted process leaves nothing either.
 */
public final class AtomicOutput implements AutoCloseable {
  /** Writes the bytes of a file. */
  @FunctionalInterface
  public interface Body {
    /**
     * @param file the temporary file, existing and empty
     */
    void writeTo(Path file) throws IOException;
  }

  private static final String PREFIX = ".sar-diffusion-";
  private static final String SUFFIX = ".part";
  private static final String HOST = Host.identity();
  private static final Pattern TEMPORARY =
      Pattern.compile(Pattern.quote(PREFIX + HOST) + "-(\\d+)-\\d+" + Pattern.quote(SUFFIX));
  private static final Object LOCK = new Object();
  private static final Set<AtomicOutput> OPEN = new HashSet<>();
  private static final AtomicLong COUNTER = new AtomicLong();
  private static boolean refusing;

  private final Path target;
  private final Path temporary;
  private final Deque<Path> madeFolders;
  private boolean finished;

  private AtomicOutput(Path target, Path temporary, Deque<Path> madeFolders) {
    this.target = target;
    this.temporary = temporary;
    this.madeFolders = madeFolders;
  }

  /**
   * Starts a file. Missing parent folders are made.
   *
   * @throws OutputException if the target is a folder or a device, is read-only, or lies in a
   *     folder that cannot be made or written
   */
  public static AtomicOutput open(Path target) {
    Path resolved = checkedTarget(target);
    synchronized (LOCK) {
      if (refusing) {
        throw new OutputException("Not writing " + target + ": the program is being stopped.");
      }
      Deque<Path> made = makeFolders(resolved.getParent(), target);
      // Short, and free of the target's name: a long but legal name must stay legal.
      Path temporary =
          resolved.resolveSibling(
              PREFIX
                  + HOST
                  + "-"
                  + ProcessHandle.current().pid()
                  + "-"
                  + COUNTER.incrementAndGet()
                  + SUFFIX);
      try {
        Files.createFile(temporary);
      } catch (IOException e) {
        removeFolders(made);
        throw failure(target, 0, e);
      }
      AtomicOutput output = new AtomicOutput(resolved, temporary, made);
      OPEN.add(output);
      return output;
    }
  }

  /**
   * Writes one whole file.
   *
   * @param target where it goes
   * @param neededBytes an upper bound of its size, for the message when the disk is full
   * @param body writes the bytes
   * @throws OutputException if the file could not be written; then nothing of it is left
   */
  public static void write(Path target, long neededBytes, Body body) {
    try (AtomicOutput output = open(target)) {
      output.fill(neededBytes, body);
      output.commit();
    }
  }

  /**
   * Finds out, before long work, whether a file could be written, and leaves no trace.
   *
   * @throws OutputException as {@link #open} would
   */
  public static void probe(Path target) {
    open(target).close();
  }

  /**
   * Deletes every unfinished file and refuses new ones: the last act of a process that was told to
   * stop. Meant for a JVM shutdown hook.
   */
  public static void abandonAll() {
    synchronized (LOCK) {
      refusing = true;
      for (AtomicOutput output : List.copyOf(OPEN)) {
        output.close();
      }
    }
  }

  /**
   * Deletes what processes of this machine left under a folder that were killed while they wrote:
   * temporary files of processes that are gone. Those of other machines and containers, and from
   * before this one was started, stay: whether their processes live is not known here.
   *
   * @throws OutputException if the folder can't be read, or such a file not be deleted
   */
  public static void sweep(Path folder) {
    sweep(folder, Integer.MAX_VALUE);
  }

  /**
   * As {@link #sweep}, in the folder of a file alone, if there is one.
   *
   * @throws OutputException as {@link #sweep}
   */
  public static void sweepBeside(Path target) {
    Path folder = target.toAbsolutePath().normalize().getParent();
    if (folder != null && Files.isDirectory(folder)) {
      sweep(folder, 1);
    }
  }

  private static void sweep(Path folder, int depth) {
    try {
      Files.walkFileTree(folder, EnumSet.noneOf(FileVisitOption.class), depth, new Sweep());
    } catch (IOException e) {
      throw new OutputException(
          "Cannot clear " + folder + " of partial files: " + reason(e) + ".", e);
    }
  }

  /** Other processes may move their files into place meanwhile. */
  private static final class Sweep extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      if (isAbandoned(file)) {
        Files.deleteIfExists(file);
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
      if (e instanceof NoSuchFileException) {
        return FileVisitResult.CONTINUE;
      }
      throw e;
    }
  }

  private static boolean isAbandoned(Path file) {
    Matcher name = TEMPORARY.matcher(file.getFileName().toString());
    if (!name.matches()) {
      return false;
    }
    long writer = Long.parseLong(name.group(1));
    if (writer == ProcessHandle.current().pid()) {
      synchronized (LOCK) {
        Path resolved = file.toAbsolutePath().normalize();
        return OPEN.stream().noneMatch(output -> output.temporary.equals(resolved));
      }
    }
    return ProcessHandle.of(writer).isEmpty();
  }

  /** The file to write to until {@link #commit()}. */
  public Path temporary() {
    return temporary;
  }

  /**
   * Runs {@code body} on the temporary file.
   *
   * @param neededBytes an upper bound of the file's size, for the message when the disk is full
   * @throws OutputException if writing failed; the temporary file is gone then
   */
  public void fill(long neededBytes, Body body) {
    try {
      body.writeTo(temporary);
    } catch (IOException e) {
      // Close first, so that the space reported as free is what the user will find.
      close();
      throw failure(target, neededBytes, e);
    }
  }

  /**
   * Moves the file into place, over a former one.
   *
   * @throws OutputException if the move failed; the temporary file is gone then
   */
  public void commit() {
    synchronized (LOCK) {
      if (finished) {
        throw new OutputException("Not writing " + target + ": it was abandoned.");
      }
      try {
        AtomicMove.move(temporary, target);
      } catch (IOException e) {
        close();
        throw failure(target, 0, e);
      }
      finished = true;
      OPEN.remove(this);
    }
  }

  /** Deletes what was written, unless it was committed. */
  @Override
  public void close() {
    synchronized (LOCK) {
      if (finished) {
        return;
      }
      finished = true;
      OPEN.remove(this);
      try {
        Files.deleteIfExists(temporary);
      } catch (IOException ignored) {
        // Best effort on the way out of another failure, which is the one to report.
      }
      removeFolders(madeFolders);
    }
  }

  private static Path checkedTarget(Path target) {
    Path absolute = target.toAbsolutePath().normalize();
    if (absolute.getFileName() == null || Files.isDirectory(absolute)) {
      throw new OutputException("Cannot write " + target + ": it is a folder. Name a file.");
    }
    if (!Files.exists(absolute)) {
      return absolute;
    }
    if (!Files.isRegularFile(absolute)) {
      throw new OutputException(
          "Cannot write " + target + ": it is a device or a pipe, not an ordinary file.");
    }
    if (!Files.isWritable(absolute)) {
      throw new OutputException(
          "Cannot write "
              + target
              + ": a read-only file of that name exists. Choose another name, or make it writable.");
    }
    try {
      // A link stays a link: the file that it points to is the one replaced.
      return absolute.toRealPath();
    } catch (IOException e) {
      throw failure(target, 0, e);
    }
  }

  private static Deque<Path> makeFolders(Path folder, Path target) {
    Deque<Path> missing = new ArrayDeque<>();
    for (Path p = folder; p != null && !Files.exists(p); p = p.getParent()) {
      missing.push(p);
    }
    Deque<Path> made = new ArrayDeque<>();
    for (Path p : missing) {
      try {
        Files.createDirectory(p);
        made.push(p);
      } catch (java.nio.file.FileAlreadyExistsException e) {
        // Another process made it between our look and our attempt: as good.
        continue;
      } catch (IOException | InvalidPathException e) {
        removeFolders(made);
        if (e instanceof IOException io && saysFull(io.getMessage())) {
          throw failure(target, 0, io);
        }
        throw new OutputException(
            "Cannot write " + target + ": its folder " + p + " cannot be made (" + reason(e) + ").",
            e);
      }
    }
    if (!Files.isDirectory(folder)) {
      removeFolders(made);
      throw new OutputException("Cannot write " + target + ": " + folder + " is not a folder.");
    }
    return made;
  }

  private static void removeFolders(Deque<Path> made) {
    for (Path p : made) {
      try {
        Files.deleteIfExists(p);
      } catch (IOException ignored) {
        // Not empty: somebody else uses it by now.
        return;
      }
    }
  }

  private static OutputException failure(Path target, long neededBytes, IOException e) {
    for (Throwable t = e; t != null; t = t.getCause()) {
      if (saysFull(t.getMessage())) {
        return new DiskFullException(target, neededBytes, DiskSpace.free(target), e);
      }
      if (t instanceof AccessDeniedException) {
        return new OutputException(
            "Cannot write "
                + target
                + ": no permission to write in its folder. Choose another folder.",
            e);
      }
    }
    return new OutputException("Cannot write " + target + ": " + reason(e) + ".", e);
  }

  /** The wordings of ENOSPC and EDQUOT on Linux, macOS and Windows; Java has no code for them. */
  private static boolean saysFull(String message) {
    if (message == null) {
      return false;
    }
    String lower = message.toLowerCase(Locale.ROOT);
    return lower.contains("no space left")
        || lower.contains("quota exceeded")
        || lower.contains("not enough space");
  }

  private static String reason(Exception e) {
    if (e instanceof FileSystemException f && f.getReason() != null) {
      return f.getReason();
    }
    if (e instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (e instanceof FileSystemException) {
      // Its message is a path only, and that of our temporary file at that.
      return "the file system refused it";
    }
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }
}
