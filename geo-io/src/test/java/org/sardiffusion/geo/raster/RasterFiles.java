package org.sardiffusion.geo.raster;

import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.awt.image.DataBufferUShort;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.Deflater;
import javax.imageio.ImageIO;

/** Writes the raster formats that are read, each from its own description. */
public final class RasterFiles {
  private RasterFiles() {}

  /** Numbers one after the other. */
  public static byte[] bytes(float[] values, ElementType type, ByteOrder order) {
    ByteBuffer bytes = ByteBuffer.allocate(values.length * type.bytes()).order(order);
    for (float value : values) {
      switch (type) {
        case BOOL, UINT8, INT8 -> bytes.put((byte) (int) value);
        case UINT16, INT16 -> bytes.putShort((short) (int) value);
        case UINT32, INT32 -> bytes.putInt((int) (long) value);
        case FLOAT32 -> bytes.putFloat(value);
        case FLOAT64 -> bytes.putDouble(value);
        case FLOAT16 -> throw new IllegalArgumentException("half floats come from NumPy");
      }
    }
    return bytes.array();
  }

  /** An {@code .npy} file of version 1. */
  public static void npy(Path file, String descr, String shape, byte[] data) {
    String text = "{'descr': '" + descr + "', 'fortran_order': False, 'shape': " + shape + ", }";
    text += " ".repeat(63 - (10 + text.length()) % 64) + "\n";
    ByteBuffer header = ByteBuffer.allocate(10 + text.length()).order(ByteOrder.LITTLE_ENDIAN);
    header.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII));
    header.put((byte) 1).put((byte) 0).putShort((short) text.length());
    header.put(text.getBytes(StandardCharsets.US_ASCII));
    write(file, header.array(), data);
  }

  /** An ENVI pair, {@code file} and {@code file.hdr}. */
  public static void envi(Path file, Map<String, String> header, byte[] data) {
    StringBuilder text = new StringBuilder("ENVI\n");
    header.forEach((k, v) -> text.append(k).append(" = ").append(v).append('\n'));
    write(Path.of(file + ".hdr"), text.toString().getBytes(StandardCharsets.UTF_8));
    write(file, data);
  }

  /** A grey PNG by the JDK's writer. */
  public static void png(Path file, Picture picture, int bits) {
    BufferedImage image =
        new BufferedImage(
            picture.width(),
            picture.height(),
            bits == 8 ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_USHORT_GRAY);
    for (int i = 0; i < picture.values().length; i++) {
      if (image.getRaster().getDataBuffer() instanceof DataBufferByte b) {
        b.getData()[i] = (byte) (int) picture.values()[i];
      } else {
        ((DataBufferUShort) image.getRaster().getDataBuffer()).getData()[i] =
            (short) (int) picture.values()[i];
      }
    }
    image(file, image, "png");
  }

  /** A picture by the JDK's writer. */
  public static void image(Path file, BufferedImage image, String format) {
    try {
      if (!ImageIO.write(image, format, file.toFile())) {
        throw new IllegalStateException("no writer of " + format);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How {@link #tiff} writes. */
  public record Tiff(
      ElementType type,
      ByteOrder order,
      boolean big,
      int tile,
      boolean deflate,
      Map<Integer, Object> tags) {
    public static Tiff plain(ElementType type) {
      return new Tiff(type, ByteOrder.LITTLE_ENDIAN, false, 0, false, Map.of());
    }
  }

  /**
   * A TIFF, its blocks before its directory.
   *
   * @param how tags hold {@code short[]}, {@code double[]}, {@code long[]} or {@code String}; a
   *     tile size of 0 makes strips of three rows
   */
  public static void tiff(Path file, Picture picture, Tiff how) {
    int perPixel = picture.valuesPerPixel() * how.type.bytes();
    boolean tiled = how.tile > 0;
    int blockWidth = tiled ? how.tile : picture.width();
    int blockHeight = tiled ? how.tile : 3;
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    int start = how.big ? 16 : 8;
    int across = (picture.width() + blockWidth - 1) / blockWidth;
    int down = (picture.height() + blockHeight - 1) / blockHeight;
    long[] offsets = new long[across * down];
    long[] counts = new long[across * down];
    for (int block = 0; block < offsets.length; block++) {
      int top = block / across * blockHeight;
      int left = block % across * blockWidth;
      int rows = tiled ? blockHeight : Math.min(blockHeight, picture.height() - top);
      float[] values = new float[blockWidth * rows * picture.valuesPerPixel()];
      for (int i = 0; i < values.length; i++) {
        int value = i % picture.valuesPerPixel();
        int x = left + i / picture.valuesPerPixel() % blockWidth;
        int y = top + i / picture.valuesPerPixel() / blockWidth;
        boolean inside = x < picture.width() && y < picture.height();
        values[i] =
            inside
                ? picture.values()[(y * picture.width() + x) * picture.valuesPerPixel() + value]
                : 99;
      }
      byte[] bytes = bytes(values, how.type, how.order);
      byte[] packed = how.deflate ? deflate(bytes) : bytes;
      offsets[block] = start + body.size();
      counts[block] = packed.length;
      body.writeBytes(packed);
    }
    Map<Integer, Object> tags = new TreeMap<>(how.tags);
    boolean complex = picture.valuesPerPixel() == 2;
    int format =
        switch (how.type) {
          case UINT8, UINT16, UINT32 -> 1;
          case INT8, INT16, INT32 -> complex ? 5 : 2;
          default -> complex ? 6 : 3;
        };
    tags.put(256, new long[] {picture.width()});
    tags.put(257, new long[] {picture.height()});
    tags.put(258, new short[] {(short) (perPixel * 8)});
    tags.put(259, new short[] {(short) (how.deflate ? 8 : 1)});
    tags.put(262, new short[] {1});
    tags.put(277, new short[] {1});
    tags.put(339, new short[] {(short) format});
    if (tiled) {
      tags.put(322, new long[] {blockWidth});
      tags.put(323, new long[] {blockHeight});
    } else {
      tags.put(278, new long[] {blockHeight});
    }
    tags.put(tiled ? 324 : 273, offsets);
    tags.put(tiled ? 325 : 279, counts);
    write(file, assemble(how, start, body.toByteArray(), tags));
  }

  private static byte[] assemble(Tiff how, int start, byte[] body, Map<Integer, Object> tags) {
    int entry = how.big ? 20 : 12;
    int inline = how.big ? 8 : 4;
    long directory = start + body.length;
    long extra = directory + (how.big ? 16 : 6) + (long) entry * tags.size();
    ByteArrayOutputStream values = new ByteArrayOutputStream();
    ByteBuffer out = ByteBuffer.allocate((int) (extra - directory)).order(how.order);
    if (how.big) {
      out.putLong(tags.size());
    } else {
      out.putShort((short) tags.size());
    }
    for (Map.Entry<Integer, Object> tag : tags.entrySet()) {
      byte[] data = data(tag.getValue(), how);
      int type = type(tag.getValue(), how);
      long count = data.length / (type == 3 ? 2 : type == 4 ? 4 : type == 2 ? 1 : 8);
      out.putShort((short) (int) tag.getKey()).putShort((short) type);
      if (how.big) {
        out.putLong(count);
      } else {
        out.putInt((int) count);
      }
      byte[] field = new byte[inline];
      if (data.length <= inline) {
        System.arraycopy(data, 0, field, 0, data.length);
      } else {
        ByteBuffer pointer = ByteBuffer.wrap(field).order(how.order);
        if (how.big) {
          pointer.putLong(extra + values.size());
        } else {
          pointer.putInt((int) extra + values.size());
        }
        values.writeBytes(data);
      }
      out.put(field);
    }
    ByteBuffer header = ByteBuffer.allocate(start).order(how.order);
    header.putShort((short) (how.order == ByteOrder.LITTLE_ENDIAN ? 0x4949 : 0x4D4D));
    if (how.big) {
      header.putShort((short) 43).putShort((short) 8).putShort((short) 0).putLong(directory);
    } else {
      header.putShort((short) 42).putInt((int) directory);
    }
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.writeBytes(header.array());
    file.writeBytes(body);
    file.writeBytes(out.array());
    file.writeBytes(values.toByteArray());
    return file.toByteArray();
  }

  private static int type(Object value, Tiff how) {
    return value instanceof short[]
        ? 3
        : value instanceof String ? 2 : value instanceof double[] ? 12 : how.big ? 16 : 4;
  }

  private static byte[] data(Object value, Tiff how) {
    if (value instanceof String text) {
      return (text + "\0").getBytes(StandardCharsets.UTF_8);
    }
    ByteBuffer bytes = ByteBuffer.allocate(1 << 16).order(how.order);
    if (value instanceof short[] shorts) {
      for (short s : shorts) {
        bytes.putShort(s);
      }
    } else if (value instanceof double[] doubles) {
      for (double d : doubles) {
        bytes.putDouble(d);
      }
    } else {
      for (long l : (long[]) value) {
        if (how.big) {
          bytes.putLong(l);
        } else {
          bytes.putInt((int) l);
        }
      }
    }
    byte[] used = new byte[bytes.position()];
    bytes.flip().get(used);
    return used;
  }

  private static byte[] deflate(byte[] bytes) {
    Deflater deflater = new Deflater();
    deflater.setInput(bytes);
    deflater.finish();
    byte[] packed = new byte[bytes.length * 2 + 100];
    int length = deflater.deflate(packed);
    deflater.end();
    return java.util.Arrays.copyOf(packed, length);
  }

  private static void write(Path file, byte[]... parts) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      bytes.writeBytes(part);
    }
    try {
      Files.write(file, bytes.toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
