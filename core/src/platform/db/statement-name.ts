/**
 * The name under which connections keep a statement prepared, so that PostgreSQL parses and plans it
 * once per connection rather than for every request. Statements are few: values are bound, and only
 * optional conditions make variants of a text. What comes after the first 300 stays unnamed, because
 * every name costs memory in every connection.
 */
export function statementName(text: string): string | undefined {
  const known = names.get(text);
  if (known !== undefined || names.size >= namesMax) return known;
  const name = `mw_${names.size}`;
  names.set(text, name);
  return name;
}

const names = new Map<string, string>();
// About 20 KB of plan each: 60 MB in the ten connections of a process.
const namesMax = 300;
