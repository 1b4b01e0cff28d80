/**
 * A credential that cannot be printed by accident: templates, JSON, `util.inspect` and string concatenation all
 * give `[secret]`. Only `reveal()` gives the text, so a search for it lists every place that uses one.
 */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return "[secret]";
  }

  toJSON(): string {
    return "[secret]";
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return "[secret]";
  }
}
