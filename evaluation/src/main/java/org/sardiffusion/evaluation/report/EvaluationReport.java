package org.sardiffusion.evaluation.report;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sardiffusion.evaluation.EvaluationResult;
import org.sardiffusion.evaluation.plot.Drawing;
import org.sardiffusion.evaluation.plot.Png;
import org.sardiffusion.evaluation.plot.Svg;

/**
 * The files of a report.
 *
 * <p>{@code report.json} (every number), {@code index.html} (everything to look at, in one file),
 * {@code report.md} and {@code report.tex} (all tables), {@code tables/NAME.csv}, {@code
 * plots/NAME.svg} and {@code plots/NAME.png}.
 *
 * @param summary the first table: a row for each set
 * @param files their contents by their path inside the report's folder, in the order to write them
 */
public record EvaluationReport(Table summary, Map<String, byte[]> files) {
  /** Writes up a result. */
  public static EvaluationReport of(EvaluationResult result) {
    List<Table> tables = new ReportTables(result).all();
    List<Figure> figures = new ReportPlots(result).all();
    Map<String, byte[]> files = new LinkedHashMap<>();
    for (Table table : tables) {
      files.put("tables/" + table.name() + ".csv", utf8(TableFormat.CSV.write(table)));
    }
    for (Figure figure : figures) {
      Drawing drawing = figure.whole();
      files.put("plots/" + drawing.name() + ".svg", utf8(Svg.of(drawing)));
      files.put("plots/" + drawing.name() + ".png", Png.of(drawing));
    }
    files.put("report.md", utf8(joined(tables, TableFormat.MARKDOWN)));
    files.put("report.tex", utf8(joined(tables, TableFormat.LATEX)));
    files.put("report.json", utf8(ReportJson.of(result)));
    files.put("index.html", utf8(ReportHtml.of(result, tables, figures)));
    return new EvaluationReport(tables.get(0), files);
  }

  /** The first table as text, its header first: what a terminal shows. */
  public List<List<String>> summaryText() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(summary.header());
    summary.rows().forEach(row -> rows.add(row.stream().map(Numbers::shortened).toList()));
    return rows;
  }

  private static String joined(List<Table> tables, TableFormat format) {
    StringBuilder text = new StringBuilder();
    tables.forEach(table -> text.append(format.write(table)));
    return text.toString();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
