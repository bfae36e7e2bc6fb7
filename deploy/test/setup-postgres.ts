import { setUpDatabase } from "./setup-database.ts";

export default function setup(): Promise<() => Promise<void>> {
  return setUpDatabase("postgres");
}
