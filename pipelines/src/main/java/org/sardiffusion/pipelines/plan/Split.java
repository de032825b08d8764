package org.sardiffusion.pipelines.plan;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.sardiffusion.core.io.Sha256;
import org.sardiffusion.pipelines.list.PromptListException;

/** Which part of a dataset an image belongs to; the name of its folder. */
public enum Split {
  TRAIN,
  VAL,
  TEST;

  /** The folder's name. */
  public String folder() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Split parse(String text) {
    for (Split split : values()) {
      if (split.name().equalsIgnoreCase(text)) {
        return split;
      }
    }
    if (text.equalsIgnoreCase("validation")) {
      return VAL;
    }
    throw new PromptListException("\"" + text + "\" is not a split: write train, val or test.");
  }

  /**
   * Draws a split from an image's id alone, so that adding images moves no other to another split.
   *
   * @param validationShare from 0 to 1
   */
  static Split draw(String id, double validationShare) {
    int bits =
        ByteBuffer.wrap(Sha256.of(("split " + id).getBytes(StandardCharsets.UTF_8))).getInt();
    return (bits & 0xFFFFFFFFL) / 0x1p32 < validationShare ? VAL : TRAIN;
  }
}
