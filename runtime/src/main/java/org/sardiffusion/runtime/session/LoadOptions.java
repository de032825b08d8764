package org.sardiffusion.runtime.session;

import ai.onnxruntime.OrtSession.SessionOptions;
import com.sun.jna.Function;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Field;
import java.lang.reflect.Method;

/**
 * The options of a session that is being loaded, through which the load can be cancelled.
 *
 * <p>The C function for that, {@code SessionOptionsSetLoadCancellationFlag}, came with ONNX Runtime
 * 1.22; its Java library has none, so it is called by its place in the C library's table of
 * functions, which only ever grows at its end.
 */
final class LoadOptions implements AutoCloseable {
  /** Its place in {@code struct OrtApi} of {@code onnxruntime_c_api.h}. */
  private static final long SET_LOAD_CANCELLATION_FLAG = 293;

  private static final byte TRUE = 1;

  private final SessionOptions options = new SessionOptions();
  private boolean closed;

  SessionOptions session() {
    return options;
  }

  /** Makes the load fail soon; where that can't be done, it goes on. */
  synchronized void cancel() {
    if (closed) {
      return;
    }
    try {
      Field api = Class.forName("ai.onnxruntime.OnnxRuntime").getDeclaredField("ortApiHandle");
      Method handle = SessionOptions.class.getDeclaredMethod("getNativeHandle");
      AccessibleObject.setAccessible(new AccessibleObject[] {api, handle}, true);
      Pointer function =
          new Pointer(api.getLong(null))
              .getPointer(SET_LOAD_CANCELLATION_FLAG * Native.POINTER_SIZE);
      Function.getFunction(function)
          .invokePointer(new Object[] {new Pointer((long) handle.invoke(options)), TRUE});
    } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
      // JNA can't unpack its library here, or ONNX Runtime is another one: the load is awaited.
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    options.close();
  }
}
