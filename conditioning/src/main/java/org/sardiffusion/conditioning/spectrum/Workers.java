package org.sardiffusion.conditioning.spectrum;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.sardiffusion.core.run.CancelledException;

/** A fixed number of threads that share out numbered tasks. */
final class Workers implements AutoCloseable {
  /** One numbered task, with the buffers of the thread that does it. */
  interface Task<B> {
    void run(B buffers, int number);
  }

  /**
   * One numbered task between two steps that the calling thread does, in the order of the numbers.
   *
   * @param <S> what the calling thread and the task hand each other
   * @param <B> the buffers of the thread that does the task
   */
  interface Step<S, B> {
    /** Goes before {@link #run}. */
    void before(S slot, int number);

    void run(S slot, B buffers, int number);

    /** Comes after {@link #run}. */
    void after(S slot, int number);
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
   * @throws CancelledException if the calling thread is interrupted; the tasks have stopped then
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
    await(running, stop);
  }

  /**
   * Does tasks 0 .. count-1, one more than there are threads at a time, so that the calling thread
   * can do what comes before and after them in the meantime.
   *
   * @throws CancelledException if the calling thread is interrupted; the tasks have stopped then
   */
  <S, B> void inOrder(int count, Supplier<S> slots, Supplier<B> buffers, Step<S, B> step) {
    int concurrent = Math.min(count, threads + 1);
    List<S> slot = Stream.generate(slots).limit(concurrent).toList();
    Deque<B> free = new ConcurrentLinkedDeque<>();
    Deque<Future<?>> running = new ArrayDeque<>();
    AtomicBoolean stop = new AtomicBoolean();
    try {
      for (int i = 0; i < count + concurrent; i++) {
        S own = slot.get(i % concurrent);
        if (i >= concurrent) {
          await(List.of(running.element()), stop);
          running.remove();
          step.after(own, i - concurrent);
        }
        if (i < count) {
          int number = i;
          step.before(own, number);
          running.add(pool.submit(() -> with(free, buffers, b -> step.run(own, b, number), stop)));
        }
      }
    } finally {
      stop.set(true);
      if (!running.isEmpty()) {
        await(running, stop);
      }
    }
  }

  private static <B> void with(
      Deque<B> free, Supplier<B> buffers, Consumer<B> task, AtomicBoolean stop) {
    if (stop.get()) {
      return;
    }
    B taken = free.poll();
    B own = taken == null ? buffers.get() : taken;
    task.accept(own);
    free.push(own);
  }

  /** Waits for all; an interrupt makes those that have not begun do nothing. */
  private static void await(Collection<? extends Future<?>> running, AtomicBoolean stop) {
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
      throw new CancelledException("The resampling was cancelled");
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
