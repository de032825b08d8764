package org.sardiffusion.cli.doctor;

import java.nio.charset.Charset;
import java.util.List;
import java.util.Locale;

/** Whether there is a terminal for progress bars, and how prompts reach us. */
final class Terminal implements Examination {
  private static final String SUBJECT = "Terminal";

  @Override
  public List<Finding> findings() {
    // The encoding of arguments is decided by the locale, unlike Java's default one.
    String encoding = System.getProperty("sun.jnu.encoding", Charset.defaultCharset().name());
    String found =
        "%s, locale %s, encoding %s"
            .formatted(
                Boolean.getBoolean("sardiffusion.terminal")
                    ? "progress is shown"
                    : "standard error is not a terminal: no progress is shown",
                Locale.getDefault(),
                encoding);
    return List.of(
        encoding.equalsIgnoreCase("UTF-8")
            ? Finding.ok(SUBJECT, found)
            : Finding.limited(
                SUBJECT,
                found,
                "Prompts with letters beyond "
                    + encoding
                    + " arrive damaged: set LC_ALL=C.UTF-8 or another UTF-8 locale."));
  }
}
