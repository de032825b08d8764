package org.sardiffusion.geo.raster;

import java.nio.ByteBuffer;
import java.util.OptionalDouble;

/** The types of numbers that files store. */
public enum ElementType {
  /** False or true: one bit of a TIFF or PNG, one byte of NumPy. */
  BOOL(1, 1) {
    @Override
    public float next(ByteBuffer bytes) {
      return bytes.get() == 0 ? 0 : 1;
    }
  },
  UINT8(1, 255) {
    @Override
    public float next(ByteBuffer bytes) {
      return bytes.get() & 0xFF;
    }
  },
  INT8(1, Byte.MAX_VALUE) {
    @Override
    public float next(ByteBuffer bytes) {
      return bytes.get();
    }
  },
  UINT16(2, 65535) {
    @Override
    public float next(ByteBuffer bytes) {
      return bytes.getShort() & 0xFFFF;
    }
  },
  INT16(2, Short.MAX_VALUE) {
    @Override
    public float next(ByteBuffer bytes) {
      return bytes.getShort();
    }
  },
  UINT32(4, 4294967295.0) {
    @Override
    public float next(ByteBuffer bytes) {
      return bytes.getInt() & 0xFFFFFFFFL;
    }
  },
  INT32(4, Integer.MAX_VALUE) {
    @Override
    public float next(ByteBuffer bytes) {
      return bytes.getInt();
    }
  },
  /** IEEE 754 binary16. */
  FLOAT16(2, Double.NaN) {
    @Override
    public float next(ByteBuffer bytes) {
      return half(bytes.getShort());
    }
  },
  FLOAT32(4, Double.NaN) {
    @Override
    public float next(ByteBuffer bytes) {
      return bytes.getFloat();
    }
  },
  /** Rounded to float32 when read. */
  FLOAT64(8, Double.NaN) {
    @Override
    public float next(ByteBuffer bytes) {
      return (float) bytes.getDouble();
    }
  };

  private final int bytes;
  private final double maximum;

  ElementType(int bytes, double maximum) {
    this.bytes = bytes;
    this.maximum = maximum;
  }

  /** Bytes per number; of {@link #BOOL}, where it is not packed into bits. */
  public int bytes() {
    return bytes;
  }

  /** The largest number of an integer type; empty for floating point. */
  public OptionalDouble maximum() {
    return Double.isNaN(maximum) ? OptionalDouble.empty() : OptionalDouble.of(maximum);
  }

  /** Takes the next number out of a buffer, in the byte order that the buffer has. */
  public abstract float next(ByteBuffer bytes);

  /** The value of an IEEE 754 binary16 number; the JDK has this from version 20 on. */
  private static float half(short bits) {
    int exponent = (bits >> 10) & 0x1F;
    int fraction = bits & 0x3FF;
    float magnitude =
        switch (exponent) {
          case 0 -> fraction * 0x1p-24f;
          case 0x1F -> fraction == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
          default -> Float.intBitsToFloat((exponent + 112) << 23 | fraction << 13);
        };
    return bits < 0 ? -magnitude : magnitude;
  }
}
