import { fieldText } from "../../fields/field-path.ts";
import { targetText } from "../../step.ts";
import { fieldAdvice, objectAdvice, upgradeCommands } from "../../upgrade/advice.ts";
import type { UpgradeForecast } from "../../upgrade/predict-upgrade.ts";

/** `against` of the documented JSON form (docs/plan.schema.json). */
export function upgradeJson(forecast: UpgradeForecast) {
  const { release, fields, objects, otherConflicts } = forecast;
  return {
    release:
      release === undefined
        ? null
        : {
            name: release.name,
            namespace: release.namespace,
            lastMethod: release.lastMethod,
            toldBy: release.deployed === undefined ? "managedFields" : "record",
          },
    commands: upgradeCommands(forecast),
    fields: fields.map((field) => ({
      object: targetText(field.target),
      field: fieldText(field.path),
      plan: field.planned ?? null,
      chart: field.chart ?? null,
      outcomes: field.outcomes,
      overwrittenWith: field.overwrittenWith ?? null,
      advice: fieldAdvice(field),
    })),
    objects: objects.map((object) => ({
      object: targetText(object.target),
      what: object.what,
      ways: object.ways,
      why: object.why,
      advice: objectAdvice(object),
    })),
    otherConflicts: otherConflicts.map(({ target, field, manager }) => ({
      object: targetText(target),
      field: field.slice(1),
      manager,
    })),
  };
}
