package org.sardiffusion.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sardiffusion.core.SarDiffusionException;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.runtime.session.Device;
import org.sardiffusion.runtime.weights.adapters.Adapters;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** How option values are read; a wrong one is a usage error that says what is right. */
final class Converters {
  private Converters() {}

  /** Reads {@code cpu}, {@code cuda}, {@code cuda:N}. */
  static final class ToDevice implements ITypeConverter<Device> {
    @Override
    public Device convert(String text) {
      return checked(() -> Device.parse(text));
    }
  }

  /** Reads {@code WIDTHxHEIGHT}. */
  static final class ToSize implements ITypeConverter<Size> {
    private static final Pattern FORM = Pattern.compile("(\\d{1,7})[xX](\\d{1,7})");

    @Override
    public Size convert(String text) {
      Matcher matcher = FORM.matcher(text);
      if (!matcher.matches()) {
        throw new TypeConversionException(
            "'" + text + "' is not a size: write WIDTHxHEIGHT, such as 1024x768.");
      }
      return checked(
          () -> new Size(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2))));
    }
  }

  private static final Pattern DECIMAL_COMMA = Pattern.compile("[+-]?\\d+,\\d+");

  /** Has all options of a command read numbers in the user's terms. */
  static void addNumbersTo(CommandLine command) {
    // One lambda for each: of two equal ones in a class, JDK 17 can't archive the classes
    // (SIGSEGV).
    ITypeConverter<Double> number = Converters::number;
    ITypeConverter<Integer> whole = Converters::whole;
    command
        .registerConverter(double.class, number)
        .registerConverter(Double.class, number)
        .registerConverter(int.class, whole)
        .registerConverter(Integer.class, whole);
  }

  /** A number, or one that is part of an option's value. */
  static double number(String text) {
    try {
      return Double.parseDouble(text.strip());
    } catch (NumberFormatException e) {
      throw new TypeConversionException(
          "'"
              + text
              + "' is not a number"
              + (DECIMAL_COMMA.matcher(text.strip()).matches()
                  ? ": write " + text.strip().replace(',', '.') + "."
                  : "."));
    }
  }

  private static int whole(String text) {
    try {
      return Integer.parseInt(text.strip());
    } catch (NumberFormatException e) {
      throw new TypeConversionException(
          "'" + text + "' is not a whole number between -2^31 and 2^31.");
    }
  }

  /** Reads a number of threads. */
  static final class ToThreads implements ITypeConverter<Integer> {
    private static final Pattern FORM = Pattern.compile("\\d{1,4}");

    @Override
    public Integer convert(String text) {
      if (!FORM.matcher(text).matches() || Integer.parseInt(text) < 1) {
        throw new TypeConversionException(
            "'" + text + "' is not a number of threads: give a whole number from 1.");
      }
      return Integer.valueOf(text);
    }
  }

  /** Reads a size of memory. */
  static final class ToGigabytes implements ITypeConverter<Double> {
    @Override
    public Double convert(String text) {
      double size = number(text);
      if (size > 0 && size < 1e6) {
        return size;
      }
      throw new TypeConversionException(
          "'" + text + "' is not a size of memory: give a number of gigabytes above 0.");
    }
  }

  /** Reads {@code FILE[:WEIGHT]}. */
  static final class ToLora implements ITypeConverter<Adapters.Lora> {
    @Override
    public Adapters.Lora convert(String text) {
      int colon = text.lastIndexOf(':');
      // A file may have a colon in its name, and on Windows has one after its drive.
      if (colon <= 0 || Files.exists(Path.of(text))) {
        return new Adapters.Lora(Path.of(text), 1);
      }
      String weight = text.substring(colon + 1);
      try {
        double value = Double.parseDouble(weight);
        return checked(() -> new Adapters.Lora(Path.of(text.substring(0, colon)), value));
      } catch (NumberFormatException e) {
        if (weight.contains("/") || weight.contains("\\")) {
          return new Adapters.Lora(Path.of(text), 1);
        }
        throw new TypeConversionException(
            "'" + weight + "' is not a weight: write FILE:WEIGHT, such as forest.safetensors:0.8.");
      }
    }
  }

  interface Reading<T> {
    T read();
  }

  static <T> T checked(Reading<T> reading) {
    try {
      return reading.read();
    } catch (SarDiffusionException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }
}
