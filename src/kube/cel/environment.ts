/**
 * What every expression in Kubernetes 1.34 may use: the language with optional values, and Kubernetes' own libraries. New
 * expressions are held to what 1.33 knew as well, so that a server can be rolled back: cel-go's lists extension is not there yet.
 */
import { CONVERSIONS } from "../../base/cel/conversions.ts";
import { type Environment, environmentOf } from "../../base/cel/environment.ts";
import { OPERATORS } from "../../base/cel/operators.ts";
import { OPTIONALS } from "../../base/cel/optionals.ts";
import { SETS } from "../../base/cel/sets.ts";
import { STRINGS } from "../../base/cel/strings.ts";
import { TIME_FUNCTIONS } from "../../base/cel/times.ts";
import { CIDRS, IPS } from "./addresses.ts";
import { AUTHORIZERS } from "./authorizer.ts";
import { LISTS } from "./lists.ts";
import { QUANTITIES, SEMVERS } from "./quantities.ts";
import { FORMATS, REGEX, URLS } from "./texts.ts";

export const KUBERNETES: Environment = environmentOf([
  ...OPERATORS,
  CONVERSIONS,
  TIME_FUNCTIONS,
  STRINGS,
  OPTIONALS,
  SETS,
  LISTS,
  REGEX,
  URLS,
  FORMATS,
  QUANTITIES,
  SEMVERS,
  IPS,
  CIDRS,
  AUTHORIZERS,
]);
