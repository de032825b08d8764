package org.sardiffusion.evaluation.report;

import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.sardiffusion.evaluation.plot.Svg;

/** How tables are written. */
public enum TableFormat {
  /** Comma-separated values (RFC 4180), numbers in nine digits. */
  CSV {
    @Override
    public String write(Table table) {
      return line(table.header().stream().map(TableFormat::quoted).toList())
          + table.rows().stream()
              .map(row -> row.stream().map(Numbers::exact).map(TableFormat::quoted).toList())
              .map(CSV::line)
              .collect(Collectors.joining());
    }

    @Override
    String line(List<String> cells) {
      return String.join(",", cells) + "\n";
    }
  },
  /** GitHub's Markdown, numbers in four digits. */
  MARKDOWN {
    @Override
    public String write(Table table) {
      List<String> rules = alignment(table).stream().map(right -> right ? "---:" : "---").toList();
      UnaryOperator<String> escape = s -> s.replace("|", "\\|");
      return "### " + table.title() + "\n\n" + body(table, escape, line(rules)) + "\n";
    }

    @Override
    String line(List<String> cells) {
      return "| " + String.join(" | ", cells) + " |\n";
    }
  },
  /** LaTeX, without packages; numbers in four digits. */
  LATEX {
    @Override
    public String write(Table table) {
      String columns =
          alignment(table).stream().map(right -> right ? "r" : "l").collect(Collectors.joining());
      return "\\begin{table}\n\\centering\n\\caption{"
          + latex(table.title())
          + "}\n\\begin{tabular}{"
          + columns
          + "}\n\\hline\n"
          + body(table, TableFormat::latex, "\\hline\n")
          + "\\hline\n\\end{tabular}\n\\end{table}\n\n";
    }

    @Override
    String line(List<String> cells) {
      return String.join(" & ", cells) + " \\\\\n";
    }
  },
  /** HTML, numbers in four digits. */
  HTML {
    @Override
    public String write(Table table) {
      List<Boolean> right = alignment(table);
      StringBuilder html = new StringBuilder("<div class=\"scroll\"><table>\n<thead><tr>");
      for (int c = 0; c < right.size(); c++) {
        html.append(right.get(c) ? "<th class=\"n\">" : "<th>");
        html.append(Svg.escaped(table.header().get(c))).append("</th>");
      }
      html.append("</tr></thead>\n<tbody>\n");
      for (List<Object> row : table.rows()) {
        html.append("<tr>");
        for (int c = 0; c < right.size(); c++) {
          html.append(right.get(c) ? "<td class=\"n\">" : "<td>");
          html.append(Svg.escaped(Numbers.shortened(row.get(c)))).append("</td>");
        }
        html.append("</tr>\n");
      }
      return html.append("</tbody></table></div>\n").toString();
    }

    @Override
    String line(List<String> cells) {
      return String.join(" ", cells);
    }
  };

  /** A table in this format. */
  public abstract String write(Table table);

  abstract String line(List<String> cells);

  String body(Table table, UnaryOperator<String> escape, String rule) {
    return line(table.header().stream().map(escape).toList())
        + rule
        + table.rows().stream()
            .map(row -> row.stream().map(Numbers::shortened).map(escape).toList())
            .map(this::line)
            .collect(Collectors.joining());
  }

  /** Whether each column holds numbers, which go to the right. */
  private static List<Boolean> alignment(Table table) {
    return java.util.stream.IntStream.range(0, table.header().size())
        .mapToObj(c -> table.rows().stream().noneMatch(row -> row.get(c) instanceof String))
        .toList();
  }

  private static String quoted(String cell) {
    return cell.matches("(?s).*[\",\r\n].*") ? '"' + cell.replace("\"", "\"\"") + '"' : cell;
  }

  private static String latex(String text) {
    return text.codePoints()
        .mapToObj(
            c ->
                switch (c) {
                  case '\\' -> "\\textbackslash{}";
                  case '~' -> "\\textasciitilde{}";
                  case '^' -> "\\textasciicircum{}";
                  case '&', '%', '$', '#', '_', '{', '}' -> "\\" + (char) c;
                  case '<', '>' -> "$" + (char) c + "$";
                  case '–' -> "--";
                  case '−' -> "$-$";
                  case '∞' -> "$\\infty$";
                  case '‖' -> "$\\parallel$";
                  case '±' -> "$\\pm$";
                  default -> Character.toString(c);
                })
        .collect(Collectors.joining());
  }
}
