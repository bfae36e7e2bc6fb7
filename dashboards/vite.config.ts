import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** First browsers with light-dark(): below them the bundler would rewrite it into something else. */
const browsers = ["chrome123", "firefox120", "safari17.5"];

export default defineConfig({
  plugins: [react()],
  build: { target: browsers, cssTarget: browsers, outDir: "dist", emptyOutDir: true },
  worker: { format: "es" },
  server: {
    host: "127.0.0.1",
    proxy: { "/api": "http://127.0.0.1:8080" },
  },
});
