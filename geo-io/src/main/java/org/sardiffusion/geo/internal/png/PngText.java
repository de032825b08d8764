package org.sardiffusion.geo.internal.png;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.InflaterInputStream;
import org.sardiffusion.geo.MalformedFileException;

/** Reads the text chunks of a PNG: {@code iTXt}, {@code zTXt} and {@code tEXt}. */
public final class PngText {
  /** More than any recipe; it bounds what a compressed chunk may unfold to. */
  private static final int MAXIMUM_TEXT = 16 << 20;

  private PngText() {}

  /**
   * Reads the text items of a file, those after the pixels too.
   *
   * @return keyword to text, in the order of the file
   * @throws MalformedFileException if the file is missing, no PNG, or cut short
   */
  public static Map<String, String> items(Path path) {
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(path)))) {
      byte[] signature = in.readNBytes(PngEncoder.SIGNATURE.length);
      if (!Arrays.equals(signature, PngEncoder.SIGNATURE)) {
        throw new MalformedFileException(path, "it is not a PNG (its first bytes differ).");
      }
      return chunks(path, in, Files.size(path));
    } catch (NoSuchFileException e) {
      throw new MalformedFileException(path, "there is no such file.", e);
    } catch (EOFException e) {
      throw new MalformedFileException(path, "it is cut short.", e);
    } catch (IOException e) {
      throw new MalformedFileException(path, e.getMessage() + ".", e);
    }
  }

  private static Map<String, String> chunks(Path path, DataInputStream in, long fileSize)
      throws IOException {
    Map<String, String> items = new LinkedHashMap<>();
    while (true) {
      int length = in.readInt();
      String type = new String(in.readNBytes(4), StandardCharsets.US_ASCII);
      if (length < 0 || length > fileSize) {
        throw new MalformedFileException(path, "a chunk claims " + length + " bytes.");
      }
      switch (type) {
        case "IEND" -> {
          return items;
        }
        case "tEXt", "zTXt", "iTXt" -> {
          byte[] content = in.readNBytes(length);
          if (content.length < length) {
            throw new EOFException();
          }
          Chunk chunk = new Chunk(path, content);
          items.put(chunk.keyword(), chunk.text(type));
        }
        default -> in.skipNBytes(length);
      }
      in.skipNBytes(4);
    }
  }

  /** A text chunk, read from its start. */
  private static final class Chunk {
    private final Path path;
    private final byte[] content;
    private int at;

    Chunk(Path path, byte[] content) {
      this.path = path;
      this.content = content;
    }

    String keyword() {
      return upToNul(StandardCharsets.ISO_8859_1);
    }

    /** The text of a chunk whose keyword was read. */
    String text(String type) throws IOException {
      return switch (type) {
        case "tEXt" -> rest(false, StandardCharsets.ISO_8859_1);
        case "zTXt" -> {
          number();
          yield rest(true, StandardCharsets.ISO_8859_1);
        }
        default -> {
          boolean compressed = number() == 1;
          number();
          upToNul(StandardCharsets.US_ASCII);
          upToNul(StandardCharsets.UTF_8);
          yield rest(compressed, StandardCharsets.UTF_8);
        }
      };
    }

    private int number() throws EOFException {
      if (at >= content.length) {
        throw new EOFException();
      }
      return content[at++];
    }

    private String upToNul(Charset charset) {
      int end = at;
      while (end < content.length && content[end] != 0) {
        end++;
      }
      String text = new String(content, at, end - at, charset);
      at = Math.min(end + 1, content.length);
      return text;
    }

    private String rest(boolean compressed, Charset charset) throws IOException {
      byte[] bytes = Arrays.copyOfRange(content, at, content.length);
      if (compressed) {
        try (InflaterInputStream in = new InflaterInputStream(new ByteArrayInputStream(bytes))) {
          bytes = in.readNBytes(MAXIMUM_TEXT);
          if (in.read() >= 0) {
            throw new MalformedFileException(path, "a text chunk decompresses to over 16 MiB.");
          }
        }
      }
      return new String(bytes, charset);
    }
  }
}
