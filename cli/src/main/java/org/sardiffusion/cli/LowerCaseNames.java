package org.sardiffusion.cli;

import java.util.ArrayList;
import java.util.Locale;

/** The names of an enum as users write them. */
class LowerCaseNames extends ArrayList<String> {
  private static final long serialVersionUID = 1L;

  LowerCaseNames(Enum<?>[] values) {
    for (Enum<?> value : values) {
      add(value.name().toLowerCase(Locale.ROOT));
    }
  }
}
