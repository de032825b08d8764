package org.sardiffusion.geo.table;

import java.nio.file.Path;
import java.util.regex.Pattern;

/** The numbers of rows that pandas writes in front of a table unless it is told not to. */
final class IndexColumn {
  /** As pandas itself reads a column without a name, and as it names one in Parquet. */
  private static final Pattern NAME = Pattern.compile("|Unnamed: 0|__index_level_\\d+__");

  private IndexColumn() {}

  static boolean isNamed(String name) {
    return NAME.matcher(name).matches();
  }

  static String note(Path file) {
    return file
        + ": the first column is ignored, as it seems to be the index that pandas writes; to_csv(index=False)"
        + " leaves it out.";
  }
}
