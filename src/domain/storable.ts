/** Text as PostgreSQL takes it, in columns and in JSON: neither NUL nor half of a surrogate pair. */
export function storable(text: string): string {
  return text.replaceAll('\0', '').toWellFormed();
}
