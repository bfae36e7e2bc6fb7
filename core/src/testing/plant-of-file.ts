import { afterAll } from "vitest";

import { createTestDatabase } from "../../../deploy/test/database.ts";
import { openTestPlant } from "./plant.ts";

/** The plant that all tests of a file share, on a database of its own; gone after the last of them. */
export async function plantOfFile() {
  const database = await createTestDatabase();
  // What is registered last ends first.
  afterAll(() => database[Symbol.asyncDispose]());
  const plant = await openTestPlant(database);
  afterAll(() => plant[Symbol.asyncDispose]());
  return { database, plant };
}
