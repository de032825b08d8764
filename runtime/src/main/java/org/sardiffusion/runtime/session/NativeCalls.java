package org.sardiffusion.runtime.session;

import ai.onnxruntime.OrtException;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.sardiffusion.core.run.CancelledException;

/**
 * The calls into ONNX Runtime that take long: graphs that are loaded, run or closed.
 *
 * <p>Whatever ends the JVM, the end destroys the library's environment and its static objects; a
 * graph that a thread is still loading then reads freed memory, and the process dies of a
 * segmentation fault. So a shutdown hook lets no call begin any more, asks those under way to stop
 * and waits for them; that takes milliseconds. ({@link Runtime#halt} runs no hooks.)
 */
final class NativeCalls {
  private static final Set<Ongoing> ONGOING = Collections.newSetFromMap(new IdentityHashMap<>());
  private static boolean ending;
  private static boolean armed;

  private NativeCalls() {}

  /** A call into the library. */
  interface Call<T> {
    T run() throws OrtException;
  }

  /** One call under way, and what stops it early. */
  private record Ongoing(Runnable stop) {}

  /**
   * Calls the library.
   *
   * @param stop makes {@code call} return soon; called from another thread, even just after its
   *     return
   * @throws CancelledException if the process is ending
   */
  static <T> T run(Runnable stop, Call<T> call) throws OrtException {
    Ongoing own = new Ongoing(stop);
    synchronized (NativeCalls.class) {
      if (ending) {
        throw new CancelledException();
      }
      ONGOING.add(own);
    }
    try {
      return call.run();
    } finally {
      synchronized (NativeCalls.class) {
        ONGOING.remove(own);
        NativeCalls.class.notifyAll();
      }
    }
  }

  /** Arms the shutdown hook, once the library is loaded. */
  static synchronized void awaitAtExit() {
    if (!armed && !ending) {
      armed = true;
      Runnable release = NativeRuntime.holdEnvironment();
      Runtime.getRuntime()
          .addShutdownHook(
              new Thread(
                  () -> {
                    end();
                    release.run();
                  },
                  "onnxruntime-end"));
    }
  }

  private static void end() {
    List<Ongoing> last;
    synchronized (NativeCalls.class) {
      ending = true;
      last = List.copyOf(ONGOING);
    }
    last.forEach(call -> call.stop().run());
    synchronized (NativeCalls.class) {
      while (!ONGOING.isEmpty()) {
        try {
          NativeCalls.class.wait();
        } catch (InterruptedException e) {
          // Nobody has a reason to, and the wait is what keeps the process from crashing.
        }
      }
    }
  }
}
