import { useEffect, useState } from "react";

/** Counts down to 0 in steps of a second, from `start(ms)` on. */
export function useCountdown(): { remainingMs: number; start: (ms: number) => void } {
  const [endTime, setEndTime] = useState(0);
  const [now, setNow] = useState(0);
  const isRunning = endTime > now;
  useEffect(() => {
    if (!isRunning) return undefined;
    const timer = setInterval(() => setNow(performance.now()), 1_000);
    return () => clearInterval(timer);
  }, [isRunning]);
  const start = (ms: number) => {
    setNow(performance.now());
    setEndTime(performance.now() + ms);
  };
  return { remainingMs: Math.max(0, endTime - now), start };
}
