package org.sardiffusion.runtime.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.core.run.CancelledException;
import org.sardiffusion.core.run.Progress;

/**
 * Streams weights into a data file, in memory that doesn't grow with them.
 *
 * <p>Two threads, each on a weight of its own: while one waits for the disk the other converts.
 * More of them gain nothing, the disk is the limit.
 */
final class DataFileWriter {
  /** Its parts are bytes. */
  private static final String STAGE = "convert";

  private static final int THREADS = 2;
  private static final int CHUNK = 1 << 20;
  private static final long REPORT_MILLIS = 100;

  private final Path file;
  private final List<WeightCopy> copies;
  private final long total;
  private final AtomicInteger next = new AtomicInteger();
  private final AtomicLong done = new AtomicLong();
  private volatile boolean stopped;

  DataFileWriter(Path file, List<WeightCopy> copies) {
    this.file = file;
    this.copies = copies;
    this.total = copies.stream().mapToLong(WeightCopy::targetLength).sum();
  }

  /**
   * Writes the whole file and returns when it is safe on the disk.
   *
   * @throws CancelledException when {@code cancellation} is used or this thread is interrupted
   * @throws WeightsException when a weight can't be read
   * @throws IOException when the file can't be written
   */
  void write(Progress progress, Cancellation cancellation) throws IOException {
    try (FileChannel target =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      convert(target, progress, cancellation);
      target.force(true);
    } catch (ClosedByInterruptException e) {
      // Interrupted while all was written and flushed: the thread's flag stays set.
      throw new CancelledException("the conversion was interrupted");
    }
  }

  private void convert(FileChannel target, Progress progress, Cancellation cancellation)
      throws IOException {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS, DataFileWriter::thread);
    try {
      List<Future<Void>> workers = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        workers.add(
            threads.submit(
                () -> {
                  copyAll(target);
                  return null;
                }));
      }
      progress.advanced(STAGE, 0, total);
      for (Future<Void> worker : workers) {
        await(worker, progress, cancellation);
      }
      progress.advanced(STAGE, total, total);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancelledException("the conversion was interrupted");
    } finally {
      // The caller deletes the file next, so no thread may still write to it.
      stopped = true;
      threads.shutdown();
      awaitEnd(threads);
    }
  }

  private void await(Future<Void> worker, Progress progress, Cancellation cancellation)
      throws IOException, InterruptedException {
    while (true) {
      if (cancellation.isCancelled()) {
        throw new CancelledException("the conversion was cancelled");
      }
      try {
        worker.get(REPORT_MILLIS, TimeUnit.MILLISECONDS);
        return;
      } catch (TimeoutException e) {
        progress.advanced(STAGE, done.get(), total);
      } catch (ExecutionException e) {
        if (e.getCause() instanceof IOException cause) {
          throw cause;
        }
        if (e.getCause() instanceof WeightsException cause) {
          throw cause;
        }
        throw new IllegalStateException(e.getCause());
      }
    }
  }

  private static void awaitEnd(ExecutorService threads) {
    boolean interrupted = false;
    while (!threads.isTerminated()) {
      try {
        threads.awaitTermination(1, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static Thread thread(Runnable task) {
    Thread thread = new Thread(task, "float32-conversion");
    thread.setDaemon(true);
    return thread;
  }

  private void copyAll(FileChannel target) throws IOException {
    Buffers buffers = new Buffers();
    for (int i = next.getAndIncrement(); i < copies.size(); i = next.getAndIncrement()) {
      copy(copies.get(i), buffers, target);
    }
  }

  private void copy(WeightCopy copy, Buffers buffers, FileChannel target) throws IOException {
    long position = copy.target();
    try (WeightBytes.Source source = open(copy)) {
      for (long left = copy.length(); left > 0 && !stopped; ) {
        int length = (int) Math.min(CHUNK, left);
        buffers.in.clear().limit(length);
        read(source, copy, buffers.in);
        ByteBuffer out = buffers.encoded(copy.encoding());
        done.addAndGet(out.remaining());
        while (out.hasRemaining()) {
          position += target.write(out, position);
        }
        left -= length;
      }
    }
  }

  private static WeightBytes.Source open(WeightCopy copy) {
    try {
      return copy.source().open();
    } catch (IOException e) {
      throw unreadable(copy, e);
    }
  }

  private static void read(WeightBytes.Source source, WeightCopy copy, ByteBuffer buffer) {
    try {
      source.read(buffer);
    } catch (IOException e) {
      throw unreadable(copy, e);
    }
  }

  private static WeightsException unreadable(WeightCopy copy, IOException e) {
    return new WeightsException(
        copy.source().file(),
        "can't be read (" + e.getMessage() + ")",
        "Check the disk and the file's permissions.",
        e);
  }

  /** One thread's memory: 3 MiB on the heap and 3 MiB beside it. */
  private static final class Buffers {
    private final ByteBuffer in = direct(CHUNK);
    private final ByteBuffer out = direct(2 * CHUNK);
    private final short[] halves = new short[CHUNK / Short.BYTES];
    private final int[] floatBits = new int[CHUNK / Short.BYTES];

    private static ByteBuffer direct(int length) {
      return ByteBuffer.allocateDirect(length).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** What to write for the bytes that were read into {@link #in}. */
    ByteBuffer encoded(WeightCopy.Encoding encoding) {
      in.flip();
      if (encoding == WeightCopy.Encoding.AS_IS) {
        return in;
      }
      int count = in.remaining() / Short.BYTES;
      in.asShortBuffer().get(halves, 0, count);
      Float16.widen(halves, floatBits, count);
      out.clear();
      out.asIntBuffer().put(floatBits, 0, count);
      return out.limit(count * Float.BYTES);
    }
  }
}
