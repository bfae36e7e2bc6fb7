import "./ui/tokens.css";
import "./ui/base.css";
import "./ui/controls.css";
import "./ui/tables.css";
import "./ui/shell.css";
import "./ui/people.css";
import "./ui/plant.css";
import "./ui/machine.css";
import "./ui/jobs.css";
import "./ui/planning.css";
import "./ui/lists.css";
import "./ui/engineering.css";
import "./ui/stock.css";
import "./ui/changes.css";
import "./ui/analytics.css";

import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { App } from "./app.tsx";

const place = document.getElementById("root");
if (place === null) throw new Error("index.html has no #root");
createRoot(place).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
