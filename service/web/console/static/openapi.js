// The description of the API, read: references resolved, schemas as short texts, requests as examples.

import { pathWith } from "./api.js";

/** A reader of an OpenAPI document. */
export class Description {
  constructor(document) {
    this.document = document;
  }

  /** List the operations: path, method, and what is described of each. */
  operations() {
    return Object.entries(this.document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), ...operation })),
    );
  }

  /** Return what a reference leads to, or else the thing itself. */
  resolve(thing) {
    if (!thing.$ref) return thing;
    return thing.$ref
      .slice(2)
      .split("/")
      .reduce((part, name) => part[name], this.document);
  }

  /** List the codes of the problems in a response. */
  codes(response) {
    const [content] = Object.values(this.resolve(response).content ?? {});
    return content?.schema.allOf?.[1].properties.code.enum ?? [];
  }

  /** Describe the values of a schema in JSON with words for them; `depth` ends what contains itself. */
  shape(schema, depth = 3) {
    const { type, const: only, properties, items, additionalProperties: rest, anyOf } = this.resolve(schema);
    if (only !== undefined) return JSON.stringify(only);
    if (anyOf) return anyOf.map((one) => this.shape(one, depth)).join(" or ");
    if (Array.isArray(type)) return type.join(" or ");
    if (type === "array") return `[${this.shape(items, depth - 1)}, ...]`;
    if (type !== "object") return type ?? "anything";
    if (depth < 0) return "{...}";
    const members = properties
      ? Object.entries(properties).map(([name, member]) => `"${name}": ${this.shape(member, depth - 1)}`)
      : [`"...": ${this.shape(rest, depth - 1)}`];
    const short = `{${members.join(", ")}}`;
    return short.length < 60 ? short : `{\n${members.map((member) => member.replace(/^/gm, "  ")).join(",\n")}\n}`;
  }
}

/** Describe what a parameter accepts. */
export function bounds({ schema, required }) {
  const text = schema.items ?? schema;
  const words = [
    schema.minItems && `${schema.minItems} to ${schema.maxItems} times`,
    text.enum && (text.enum.length > 8 ? `one of ${text.enum.length} words` : text.enum.join(", ")),
    text.type === "integer" && `${text.minimum} to ${text.maximum}`,
    text.maxLength && `at most ${text.maxLength} characters`,
    !required && "optional",
  ];
  return words.filter(Boolean).join("; ");
}

/** Return an example of a request: its path and query. */
export function exampleOf({ path, parameters }) {
  const given = parameters.filter(({ example }) => example !== undefined);
  const filled = given
    .filter((one) => one.in === "path")
    .reduce((made, { name, example }) => made.replace(`{${name}}`, example), path);
  return given
    .filter((one) => one.in === "query")
    .reduce((made, { name, example }) => pathWith(made, name, [example].flat().map(String)), filled);
}

/** Return the same request as a shell command. */
export const asCurl = (url, isStream) => `curl ${isStream ? "--no-buffer " : ""}'${url}'`;

/** Return the same request in JavaScript. */
export const asFetch = (url, isStream) =>
  isStream
    ? `const events = new EventSource("${url}");
events.addEventListener("tick", ({ data }) => console.log(JSON.parse(data)));
events.addEventListener("done", () => events.close());`
    : `const response = await fetch("${url}");
const body = await response.json();
if (!response.ok) throw new Error(body.error);`;
