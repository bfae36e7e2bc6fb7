import { describe } from "vitest";

import { describeJobs } from "./conformance.fixture.ts";

describe("jobs on PostgreSQL", () => describeJobs());
