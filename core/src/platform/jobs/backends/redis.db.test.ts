import { describe } from "vitest";

import { startRedis } from "../../../../../deploy/test/redis.ts";
import { describeJobs } from "./conformance.fixture.ts";

describe("jobs on Redis", () => describeJobs(startRedis));
