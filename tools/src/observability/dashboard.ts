import { VizLegendOptionsBuilder } from '@grafana/grafana-foundation-sdk/common';
import {
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/timeseries';

/** A graph. */
export interface Panel {
  title: string;
  /** As Grafana names it: `s`, `percentunit`, `short`, `bytes`, … */
  unit: string;
  /** PromQL by legend, which may name labels: `{{topic}}`. */
  queries: Record<string, string>;
}

/** Rows of panels, by the title of the row. */
export type Rows = Record<string, Panel[]>;

const datasource = { type: 'prometheus', uid: 'prometheus' };
const perRow = 3;
const height = 8;

/** A dashboard for Grafana. `chosenBy`: the label whose value is chosen at the top, and is `$label` in the queries. */
export function dashboard(
  { uid, title, chosenBy }: { uid: string; title: string; chosenBy?: string },
  rows: Rows,
): Dashboard {
  const builder = new DashboardBuilder(title)
    .uid(uid)
    .tags(['everyhop'])
    .time({ from: 'now-1h', to: 'now' })
    .refresh('15s')
    .tooltip(DashboardCursorSync.Crosshair);
  if (chosenBy)
    builder.withVariable(
      new QueryVariableBuilder(chosenBy)
        .datasource(datasource)
        .query(`label_values(up, ${chosenBy})`)
        .refresh(VariableRefresh.OnDashboardLoad),
    );
  let id = 0;
  for (const [name, panels] of Object.entries(rows)) {
    builder.withRow(new RowBuilder(name).id(++id));
    for (const panel of panels) builder.withPanel(graph(panel).id(++id));
  }
  return builder.build();
}

function graph({ title, unit, queries }: Panel): PanelBuilder {
  const panel = new PanelBuilder()
    .title(title)
    .unit(unit)
    .min(0)
    .span(24 / perRow)
    .height(height)
    .datasource(datasource)
    .legend(new VizLegendOptionsBuilder().showLegend(true));
  for (const [index, [legend, expr]] of Object.entries(queries).entries())
    panel.withTarget(
      new DataqueryBuilder()
        .refId(String.fromCharCode('A'.charCodeAt(0) + index))
        .datasource(datasource)
        .expr(expr)
        .legendFormat(legend)
        .range(),
    );
  return panel;
}
