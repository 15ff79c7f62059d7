import type { Objective, Slos } from './slos.ts';

/** A file of rules, as Prometheus reads it. */
export interface RuleFile {
  groups: { name: string; interval?: string; rules: Rule[] }[];
}

type Rule = {
  expr: string;
  for?: string;
  labels?: Record<string, string>;
} & ({ record: string } | { alert: string; annotations: Record<string, string> });

/**
 * Recording rules for the share of failures in each window, alerts on how fast each budget burns, and what is left of
 * it.
 */
export function sloRules(slos: Slos): RuleFile {
  const windows = new Set(slos.alerts.flatMap(({ short, long }) => [short, long]));
  return {
    groups: slos.objectives.flatMap((objective) => [
      {
        name: `slo-${objective.name}`,
        rules: [
          { record: 'slo:objective:ratio', expr: `vector(${objective.percent / 100})`, ...slo(objective) },
          ...[...windows].map((window) => failures(objective, window)),
          ...severities(slos).map((severity) => burnAlert(objective, severity, slos)),
        ],
      },
      {
        name: `slo-${objective.name}-budget`,
        // Reads all samples of the period.
        interval: '5m',
        rules: [
          failures(objective, slos.period),
          {
            record: 'slo:error_budget:left',
            expr: `1 - ${ratio(slos.period)}{slo="${objective.name}"} / ${budget(objective)}`,
            ...slo(objective),
          },
        ],
      },
    ]),
  };
}

const slo = ({ name }: Objective) => ({ labels: { slo: name } });
const ratio = (window: string) => `slo:sli_error:ratio_rate${window}`;
const budget = ({ percent }: Objective) => Number(((100 - percent) / 100).toPrecision(6));
const severities = ({ alerts }: Slos) => [...new Set(alerts.map(({ severity }) => severity))];

function failures(objective: Objective, window: string): Rule {
  const sum = (counter: string) => `sum by (${objective.per.join(', ')}) (rate(${counter}[${window}]))`;
  return {
    record: ratio(window),
    expr: [
      // What never went well has no counter.
      `1 - (${sum(objective.good)} or 0 * ${sum(objective.all)})`,
      `  / (${sum(objective.all)} > 0)`,
    ].join('\n'),
    ...slo(objective),
  };
}

function burnAlert(objective: Objective, severity: string, { alerts, minimum, period }: Slos): Rule {
  const { name, per, all } = objective;
  const exceeds = (window: string, burn: number) =>
    `${ratio(window)}{slo="${name}"} > ${burn} * ${budget(objective)}`;
  const labels = per.join(', ');
  const burns = alerts.filter((alert) => alert.severity === severity);
  const conditions = burns.map(({ burn, long, short }) =>
    [
      exceeds(long, burn),
      `  and ${exceeds(short, burn)}`,
      `  and on (${labels}) sum by (${labels}) (increase(${all}[${long}])) >= ${minimum}`,
    ].join('\n'),
  );
  const where = per.map((label) => `{{ $labels.${label} }}`).join(', ');
  return {
    alert: alertName(objective),
    expr: conditions.join('\nor\n'),
    labels: { severity },
    annotations: {
      summary: `${where}: {{ $value | humanizePercentage }} fail; at this pace the budget of ${period} will not last. ${objective.says}`,
      runbook_url: `docs/operations.md#${alertName(objective).toLowerCase()}`,
    },
  };
}

const alertName = ({ name }: Objective) => `${name[0]!.toUpperCase()}${name.slice(1)}Burn`;
