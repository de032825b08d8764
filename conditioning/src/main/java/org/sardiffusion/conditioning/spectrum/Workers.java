package org.sardiffusion.conditioning.spectrum;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** A fixed number of threads that share out numbered tasks. */
final class Workers implements AutoCloseable {
  /** One numbered task, with the buffers of the thread that does it. */
  interface Task<B> {
    void run(B buffers, int number);
  }

  private final int threads;
  private final ExecutorService pool;

  Workers(int threads) {
    this.threads = threads;
    pool =
        Executors.newFixedThreadPool(
            threads,
            task -> {
              Thread thread = new Thread(task, "resampling");
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * Does tasks 0 .. count-1, in any order, and returns when all are done.
   *
   * @throws CancellationException if the calling thread is interrupted; the tasks have stopped then
   */
  <B> void forEach(int count, Supplier<B> buffers, Task<B> task) {
    AtomicInteger next = new AtomicInteger();
    AtomicBoolean stop = new AtomicBoolean();
    Runnable worker =
        () -> {
          B own = buffers.get();
          for (int i = next.getAndIncrement();
              i < count && !stop.get();
              i = next.getAndIncrement()) {
            try {
              task.run(own, i);
            } catch (RuntimeException | Error e) {
              stop.set(true);
              throw e;
            }
          }
        };
    List<Future<?>> running = new ArrayList<>();
    for (int t = 0; t < Math.min(threads, count); t++) {
      running.add(pool.submit(worker));
    }
    boolean interrupted = false;
    Throwable failure = null;
    for (Future<?> future : running) {
      boolean done = false;
      while (!done) {
        try {
          future.get();
          done = true;
        } catch (InterruptedException e) {
          interrupted = true;
          stop.set(true);
        } catch (ExecutionException e) {
          failure = e.getCause();
          done = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
      throw new CancellationException("The resampling was cancelled");
    }
    if (failure instanceof RuntimeException e) {
      throw e;
    }
    if (failure instanceof Error e) {
      throw e;
    }
  }

  @Override
  public void close() {
    pool.shutdownNow();
  }
}
