package org.sardiffusion.cli;

import java.util.Locale;
import org.sardiffusion.runtime.weights.Precision;

/** Numbers as people read them. */
public final class Quantity {
  private static final String[] DECIMAL = {"", "k", "M", "G", "T", "P", "E"};

  private Quantity() {}

  /** Such as {@code 12.4 M}. */
  public static String count(double value) {
    return scaled(value, "");
  }

  /** In decimal units, as disks are sold and file managers count, such as {@code 56.2 MB}. */
  public static String bytes(double value) {
    return scaled(value, "B");
  }

  private static String scaled(double value, String unit) {
    int power = 0;
    double scaled = value;
    while (scaled >= 999.95 && power < DECIMAL.length - 1) {
      scaled /= 1000;
      power++;
    }
    String number = String.format(Locale.ROOT, power == 0 ? "%.0f" : "%.1f", scaled);
    return (number + " " + DECIMAL[power] + unit).strip();
  }

  /** As {@code --dtype} and {@code sar_config.json} name it. */
  static String dtype(Precision precision) {
    return switch (precision) {
      case FLOAT32 -> "fp32";
      case FLOAT16 -> "fp16";
      case BFLOAT16 -> "bf16";
      case MIXED, OTHER, NONE -> precision.name().toLowerCase(Locale.ROOT);
    };
  }
}
