import { JSON_BODY, lines, MAP, MAPS, type WireRequest } from "./wire-request.ts";

function creatingWith(...queries: readonly string[]): readonly WireRequest[] {
  return queries.map((query) => ({
    line: `POST ${MAPS}?${query}`,
    headers: JSON_BODY,
    body: '{"metadata":{"name":"new"}}',
  }));
}

function listingWith(...queries: readonly string[]): readonly WireRequest[] {
  return queries.map((query) => ({ line: `GET ${MAPS}?${query}` }));
}

function deletingWith(...bodies: readonly string[]): readonly WireRequest[] {
  return bodies.map((body) => ({ line: `DELETE ${MAP}`, headers: JSON_BODY, body }));
}

/** Query strings and the options of deletions. */
export const optionRequests: readonly WireRequest[] = [
  ...creatingWith(
    "dryRun=Nope",
    "dryRun=",
    "dryRun=All&dryRun=All",
    `dryRun=All&fieldManager=${"x".repeat(129)}`,
    "dryRun=All&fieldManager=a%07b",
    "dryRun=All&timeout=5s",
    "dryRun=All&timeout=bogus",
    "dryRun=All&timeout=1x",
    "dryRun=All&timeout=5",
    "dryRun=All&unknown=1",
    "dryRun=All&%zz=1",
    "dryRun=All&x;dryRun=Nope",
  ),
  ...listingWith(
    "limit=x",
    "limit=1.5",
    "limit=99999999999999999999",
    "timeoutSeconds=x",
    "timeout=x",
    "resourceVersion=x",
    "resourceVersion=-1",
    "resourceVersion=999999999999999999999999",
    "resourceVersionMatch=Exact",
    "resourceVersionMatch=Bad&resourceVersion=1",
    "resourceVersion=0&resourceVersionMatch=Exact",
    "continue=x",
    "continue=%25",
    "labelSelector=a%20b",
    "labelSelector=a%3D%3D%3Db",
    "labelSelector=a%20in%20()",
    "labelSelector=a%20in%20(b",
    "labelSelector=a%3D-x",
    "labelSelector=!",
    "labelSelector=,",
    "fieldSelector=a",
    "fieldSelector=metadata.name%3D%3D%3Db",
    "fieldSelector=metadata.name%3Da%2Cmetadata.name%3Db",
    "fieldSelector=metadata.nope%3D1",
    "fieldSelector=!",
    "sendInitialEvents=true",
    "watch=true&sendInitialEvents=true",
    "watch=true&sendInitialEvents=true&resourceVersionMatch=Exact&resourceVersion=1",
    "watch=true&resourceVersionMatch=NotOlderThan&resourceVersion=1",
    "watch=true&timeoutSeconds=x",
    "watch=true&continue=x",
    "watch=true&timeoutSeconds=1&fieldSelector=metadata.name%3Dthere",
    "watch=true&timeoutSeconds=1&fieldSelector=metadata.name%3Dnone&allowWatchBookmarks=true",
    "watch=true&timeoutSeconds=1&fieldSelector=metadata.name%3Dthere&allowWatchBookmarks=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan",
    "watch=true&timeoutSeconds=1&fieldSelector=metadata.name%3Dthere&sendInitialEvents=true&resourceVersionMatch=NotOlderThan",
    "watch=0&fieldSelector=metadata.name%3Dthere",
  ),
  ...lines(
    `GET ${MAP}?timeout=1x`,
    `GET ${MAP}?timeout=0s`,
    `GET ${MAP}?watch=true&timeoutSeconds=1`,
    "GET /api/v1/watch/namespaces/{ns}/configmaps/there?timeoutSeconds=1",
    `DELETE ${MAP}?gracePeriodSeconds=x`,
    `DELETE ${MAP}?propagationPolicy=x`,
    `DELETE ${MAP}?dryRun=x`,
    `DELETE ${MAP}?dryRun=All`,
    `DELETE ${MAP}?dryRun=All&gracePeriodSeconds=0`,
  ),
  ...deletingWith(
    "{",
    "[]",
    '{"kind":"Nope","apiVersion":"v1"}',
    '{"gracePeriodSeconds":"x"}',
    '{"dryRun":"All"}',
    '{"dryRun":[1]}',
    '{"dryRun":["Nope"]}',
    '{"preconditions":1}',
    '{"preconditions":{"uid":1}}',
    '{"preconditions":{"resourceVersion":"0"}}',
    '{"dryRun":["All"],"orphanDependents":true,"propagationPolicy":"Orphan"}',
    '{"kind":"DeleteOptions","apiVersion":"meta.k8s.io/v1","dryRun":["All"]}',
    '{"kind":"DeleteOptions","apiVersion":"policy/v1","dryRun":["All"]}',
  ),
];
