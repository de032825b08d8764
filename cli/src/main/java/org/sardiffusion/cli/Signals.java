package org.sardiffusion.cli;

import java.lang.reflect.Proxy;
import java.util.function.IntConsumer;

/**
 * Signals of the operating system.
 *
 * <p>Java's only interface to them, {@code sun.misc.Signal}, is supported but may not be named in
 * code without a warning that nothing silences: so it is looked up.
 */
final class Signals {
  private Signals() {}

  /**
   * Calls {@code handler} with the signal's number, on a thread of its own, instead of what the JVM
   * does. Where the platform has no such signal, nothing happens.
   *
   * @param name without SIG, such as {@code INT}
   */
  static void handle(String name, IntConsumer handler) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
      Object instance = signal.getConstructor(String.class).newInstance(name);
      int number = (int) signal.getMethod("getNumber").invoke(instance);
      Object proxy =
          Proxy.newProxyInstance(
              Signals.class.getClassLoader(),
              new Class<?>[] {handlerType},
              (self, method, arguments) ->
                  switch (method.getName()) {
                    case "handle" -> {
                      handler.accept(number);
                      yield null;
                    }
                    case "hashCode" -> System.identityHashCode(self);
                    case "equals" -> self == arguments[0];
                    default -> "handler of SIG" + name;
                  });
      signal.getMethod("handle", signal, handlerType).invoke(null, instance, proxy);
    } catch (ReflectiveOperationException | IllegalArgumentException e) {
      // The JVM's own handling stays: the process ends all the same, only less politely.
    }
  }
}
